// The card that says why a step feels as it does, on hover and on focus.
import { type ID, textField } from "../../board/record.ts";
import { el, style } from "../dom.ts";
import { w } from "../words/index.ts";
import { emotionWord } from "./emotion.ts";
import { emotionOf } from "./journey.ts";
import { isTier, tierMark } from "./tier.ts";
import type { MapView } from "./view.ts";

export class HoverCard {
  private readonly view: MapView;
  private card: HTMLElement | undefined;
  private point: HTMLElement | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(view: MapView) {
    this.view = view;
    const near = (event: Event): HTMLElement | null =>
      (event.target as HTMLElement).closest<HTMLElement>("[data-emotion]");
    view.stage.addEventListener("pointerover", (event) => {
      const point = near(event);
      if (point === this.point || event.buttons !== 0) return;
      if (point !== null) this.later(point, 140);
      else if (this.point !== document.activeElement) this.hide();
    });
    view.stage.addEventListener("pointerdown", () => this.hide());
    view.grid.el.addEventListener("focusin", (event) => {
      const point = near(event);
      if (point?.matches(":focus-visible") === true) this.later(point, 0);
      else this.hide();
    });
    view.grid.el.addEventListener("focusout", () => this.hide());
    view.camera.onMove(() => this.place());
    view.onDraw(() => {
      if (this.point !== undefined && this.card !== undefined) this.show(this.point);
    });
  }

  private later(point: HTMLElement, wait: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(point), wait);
  }

  private hide(): void {
    clearTimeout(this.timer);
    this.card?.remove();
    this.card = undefined;
    this.point = undefined;
  }

  private show(point: HTMLElement): void {
    const record = emotionOf(this.view.journey, point.dataset.emotion as ID);
    this.hide();
    const because = textField(record, "because");
    const tier = record?.fields.tier;
    if (record === undefined || (because === "" && !isTier(tier))) return;
    const card = el("div", "hover", { "aria-hidden": "true" });
    const line = el(
      "p",
      "",
      {},
      el("b", "b", {}, because === "" ? emotionWord(record) : `${emotionWord(record)}, `),
    );
    if (because !== "")
      line.append(
        startsWithBecause(because) ? because : `${w().emotion.because.replace(" …", "")} ${because}`,
      );
    card.append(line);
    if (isTier(tier)) card.append(el("div", `src ${tier}`, {}, tierMark(tier), w().tier[tier]));
    this.card = card;
    this.point = point;
    this.view.over.append(card);
    this.place();
  }

  private place(): void {
    const { card, point } = this;
    if (card === undefined || point === undefined) return;
    const base = this.view.stage.getBoundingClientRect();
    const box = point.getBoundingClientRect();
    const size = card.getBoundingClientRect();
    const middle = box.left + box.width / 2 - base.left;
    const left = Math.max(12, Math.min(base.width - size.width - 12, middle - size.width / 2));
    const above = box.top - base.top - size.height - 18;
    const under = above < 66;
    card.classList.toggle("under", under);
    style(card, "left", `${left}px`);
    style(card, "top", `${under ? box.bottom - base.top + 18 : above}px`);
    style(card, "--tip", `${middle - left}px`);
  }
}

function startsWithBecause(text: string): boolean {
  return /^(weil|because|da|denn|as|since)\b/i.test(text);
}
