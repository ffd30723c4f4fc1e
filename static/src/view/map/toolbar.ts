// The small toolbar over what is selected, never over the text it acts on; and the plus in the cell under the pointer.
import { type ID, textField } from "../../board/record.ts";
import { attr, el, icon, style } from "../dom.ts";
import { openMenu } from "../menu.ts";
import { swatches } from "../swatches.ts";
import { w } from "../words/index.ts";
import { laneKind } from "./lane-kind.ts";
import { tierEntries } from "./menu-card.ts";
import { menuFor } from "./menu-for.ts";
import { hueColor, hues } from "./person.ts";
import { stickyColors } from "./sticky.ts";
import { holdsCards } from "./verbs.ts";
import type { MapView } from "./view.ts";

export class SelectionToolbar {
  readonly #view: MapView;
  readonly #bar: HTMLElement;
  #drawnFor = "";

  constructor(view: MapView) {
    this.#view = view;
    this.#bar = el("div", "minitb", { role: "toolbar" });
    this.#bar.hidden = true;
    view.over.append(this.#bar);
    view.selection.onChange(() => this.#update());
    view.onDraw(() => this.#update());
    view.camera.onMove(() => this.#place());
    this.#bar.addEventListener("keydown", (event) => {
      const buttons = [...this.#bar.querySelectorAll("button")];
      const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
      const way = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
      if (way !== 0) buttons[(at + way + buttons.length) % buttons.length]?.focus();
    });
  }

  #button(name: string, label: string, run: (node: HTMLElement) => void, menu = false): HTMLElement {
    const node = el(
      "button",
      "ib sm",
      { type: "button", "aria-label": label, title: label, "aria-haspopup": menu ? "menu" : undefined },
      icon(name, "m"),
    );
    node.addEventListener("click", () => run(node));
    return node;
  }

  #update(): void {
    const view = this.#view;
    const ids = [...view.selection.all];
    const records = ids.map((id) => view.record(id)).filter((record) => record !== undefined);
    const first = records[0];
    const may = first !== undefined && records.every((record) => view.rights.edit(record));
    const hidden = first === undefined || view.editor.editing !== undefined || (!may && !view.rights.add);
    this.#bar.hidden = hidden;
    if (hidden || first === undefined) {
      this.#drawnFor = "";
      return;
    }
    const key = `${ids.join()} ${may} ${document.documentElement.lang}`;
    if (key !== this.#drawnFor) {
      this.#drawnFor = key;
      this.#fill(ids, first, may);
    }
    this.#place();
  }

  #fill(ids: readonly ID[], first: NonNullable<ReturnType<MapView["record"]>>, may: boolean): void {
    const view = this.#view;
    const parts: HTMLElement[] = [];
    const look = laneKind(textField(view.record(textField(first, "lane")), "type")).look;
    if (may && ids.length === 1)
      parts.push(this.#button("pencil", w().menu.edit, () => view.editRecord(first.id)));
    if (may && first.kind !== "marker") {
      parts.push(
        this.#button(
          "palette",
          w().menu.color,
          (node) => openMenu(node, this.#colors(ids, look === "dept"), w().menu.color),
          true,
        ),
      );
    }
    if (may && first.kind === "card") {
      parts.push(
        this.#button(
          "shield-check",
          w().menu.tier,
          (node) =>
            openMenu(
              node,
              tierEntries(view.record(first.id)?.fields.tier, (tier) => view.verbs.setAll(ids, { tier })),
              w().menu.tier,
            ),
          true,
        ),
      );
    }
    if (first.kind === "card" && ids.length === 1 && view.rights.add) {
      const moment = view.journey.momentsAt.get(first.id)?.[0];
      parts.push(
        this.#button("diamond", moment === undefined ? w().moment.mark : w().moment.one, () =>
          view.openMoment(moment?.id ?? view.verbs.addMoment(first.id)),
        ),
      );
    }
    if (may) {
      parts.push(this.#button("trash-2", w().menu.delete, () => view.deleteAndRest(ids)));
      parts.push(el("span", "v"));
      parts.push(
        this.#button(
          "ellipsis",
          w().tool.more,
          (node) => {
            const target = view.nodes.get(first.id);
            if (target !== undefined) openMenu(node, menuFor(view, target), w().tool.more);
          },
          true,
        ),
      );
    }
    attr(this.#bar, "aria-label", w().tool.selection);
    this.#bar.replaceChildren(...parts);
    this.#bar.hidden = parts.length === 0;
  }

  #colors(ids: readonly ID[], departments: boolean): Parameters<typeof openMenu>[1] {
    const { verbs } = this.#view;
    const names = w().color as Readonly<Record<string, string>>;
    const record = this.#view.record(ids[0]);
    if (departments) {
      return [
        swatches(
          hues.map((hue) => ({
            label: w().menu.hues[hue] ?? w().menu.department,
            color: hueColor(hue),
            checked: record?.fields.hue === hue,
            run: () => verbs.setAll(ids, { hue: hue === 0 ? null : hue }),
          })),
        ),
      ];
    }
    const colors = stickyColors.map((color) => ({
      label: names[color] ?? color,
      color: `var(--${color})`,
      checked: textField(record, "color") === color,
      run: () => verbs.setAll(ids, { color }),
    }));
    if (record?.kind === "card") {
      const plain = {
        label: w().color.none,
        color: "var(--surface)",
        checked: textField(record, "color") === "",
      };
      return [swatches([{ ...plain, run: () => verbs.setAll(ids, { color: null }) }, ...colors])];
    }
    return [swatches(colors)];
  }

  #place(): void {
    if (this.#bar.hidden) return;
    const view = this.#view;
    const base = view.stage.getBoundingClientRect();
    let left = Number.POSITIVE_INFINITY;
    let top = Number.POSITIVE_INFINITY;
    let bottom = 0;
    for (const id of view.selection.all) {
      const box = view.nodes.get(id)?.getBoundingClientRect();
      if (box === undefined) continue;
      left = Math.min(left, box.left - base.left);
      top = Math.min(top, box.top - base.top);
      bottom = Math.max(bottom, box.bottom - base.top);
    }
    if (!Number.isFinite(left)) return;
    const above = top - 14 - 40;
    const heads = view.grid.head.getBoundingClientRect().bottom - base.top;
    const y = above < Math.max(66, heads + 2) ? bottom + 14 : above;
    style(this.#bar, "left", `${Math.max(12, Math.min(left, base.width - 280))}px`);
    style(this.#bar, "top", `${y}px`);
  }
}

/** The plus that follows the pointer from cell to cell, and a finger from tap to tap. */
export function mountCellPlus(view: MapView): void {
  const plus = el(
    "button",
    "addcard",
    { type: "button", tabindex: -1, "data-add": "card" },
    icon("plus", "m"),
  );
  const show = (target: EventTarget | null): void => {
    const cell = (target as HTMLElement).closest<HTMLElement>(".cell");
    const lane = view.record(cell?.dataset.lane);
    if (cell === null || lane === undefined || !holdsCards(lane) || !view.rights.add) {
      plus.remove();
      return;
    }
    if (plus.parentElement === cell) return;
    attr(plus, "aria-label", w().map.addCard);
    attr(plus, "title", w().map.addCard);
    cell.append(plus);
  };
  view.stage.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "touch" && event.buttons === 0) show(event.target);
  });
  view.stage.addEventListener("click", (event) => show(event.target));
  view.stage.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch") plus.remove();
  });
  view.onDraw(() => {
    if (!view.rights.add) plus.remove();
  });
}
