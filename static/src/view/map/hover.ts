// The card that says why a step feels as it does, on hover and on focus.
import { type ID, textField } from "../../board/record.ts";
import { el, style } from "../dom.ts";
import { w } from "../words/index.ts";
import { emotionWord, reason } from "./emotion.ts";
import { emotionOf, stepOf } from "./journey.ts";
import { isTier, tierMark } from "./tier.ts";
import type { MapView } from "./view.ts";

export class HoverCard {
  readonly #view: MapView;
  #card: HTMLElement | undefined;
  #point: HTMLElement | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(view: MapView) {
    this.#view = view;
    const near = (event: Event): HTMLElement | null => {
      const node = (event.target as HTMLElement).closest<HTMLElement>(
        ".emo [data-emotion], .emo [data-moment]",
      );
      return node?.parentElement?.querySelector<HTMLElement>("[data-emotion]") ?? null;
    };
    view.stage.addEventListener("pointerover", (event) => {
      const point = near(event);
      if (point === this.#point || event.buttons !== 0) return;
      if (point !== null) this.#later(point, 140);
      else if (this.#point !== document.activeElement) this.#hide();
    });
    view.stage.addEventListener("pointerdown", () => this.#hide());
    view.grid.el.addEventListener("focusin", (event) => {
      const point = near(event);
      if (point?.matches(":focus-visible") === true) this.#later(point, 0);
      else this.#hide();
    });
    view.grid.el.addEventListener("focusout", () => this.#hide());
    view.camera.onMove(() => this.#place());
    view.onDraw(() => {
      if (this.#point !== undefined && this.#card !== undefined) this.#show(this.#point);
    });
  }

  #later(point: HTMLElement, wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#show(point), wait);
  }

  #hide(): void {
    clearTimeout(this.#timer);
    this.#card?.remove();
    this.#card = undefined;
    this.#point = undefined;
  }

  #show(point: HTMLElement): void {
    const { journey } = this.#view;
    const step = point.dataset.emotion as ID;
    const record = emotionOf(journey, step);
    this.#hide();
    const because = reason(record);
    const tier = record?.fields.tier;
    const moments = journey.moments.filter((moment) => stepOf(journey, moment)?.record.id === step);
    const card = el("div", "hover", { "aria-hidden": "true" });
    if (record !== undefined && (because !== "" || isTier(tier) || moments.length > 0)) {
      const word = el("b", "b", {}, because === "" ? emotionWord(record) : `${emotionWord(record)}, `);
      card.append(el("p", "", {}, word, because));
    }
    if (isTier(tier)) card.append(el("div", `src ${tier}`, {}, tierMark(tier), w().tier[tier]));
    for (const moment of moments) {
      const title = el("b", "b", {}, textField(moment, "title") || w().moment.one);
      const words = el("span", "", {}, title, el("span", "", {}, textField(moment, "evidence")));
      card.append(el("div", "mom", {}, el("span", "dia"), words));
    }
    if (card.childElementCount === 0) return;
    this.#card = card;
    this.#point = point;
    this.#view.over.append(card);
    this.#place();
  }

  /** Above the point or below it: where it covers no face and no word, its own and its neighbours'. */
  #place(): void {
    const card = this.#card;
    const point = this.#point;
    if (card === undefined || point === undefined) return;
    const base = this.#view.stage.getBoundingClientRect();
    const box = point.getBoundingClientRect();
    const size = { w: card.offsetWidth, h: card.offsetHeight };
    const middle = box.left + box.width / 2;
    const left = Math.max(base.left + 12, Math.min(base.right - size.w - 12, middle - size.w / 2));
    const lane = point.closest(".lane");
    const edges = lane?.getBoundingClientRect() ?? box;
    const taken = [...(lane?.querySelectorAll(".pt:not(.none), .word span, .mt2") ?? [])]
      .map((node) => node.getBoundingClientRect())
      .filter((one) => one.right > left && one.left < left + size.w);
    const covers = (top: number): number =>
      (top < base.top + 60 || top + size.h > base.bottom - 8 ? 100 : 0) +
      taken.filter((one) => one.bottom > top && one.top < top + size.h).length;
    const places = [box.top - size.h - 14, box.bottom + 14, edges.top - size.h - 8, edges.bottom + 8];
    let best = places[0] ?? 0;
    for (const top of places) if (covers(top) < covers(best)) best = top;
    card.classList.toggle("under", best > box.top);
    style(card, "left", `${left - base.left}px`);
    style(card, "top", `${best - base.top}px`);
    style(card, "--tip", `${middle - left}px`);
  }
}
