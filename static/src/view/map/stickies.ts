// The stickies of the board, in the order in which the keyboard goes through them.
import type { ID } from "../../board/record.ts";
import { arrange, attr, el } from "../dom.ts";
import { w } from "../words/index.ts";
import { under } from "./heads.ts";
import { mountSticky, type StickyNode } from "./sticky.ts";
import type { MapView } from "./view.ts";

export class Stickies {
  readonly el = el("div", "stickies", { role: "listbox", "aria-multiselectable": "true" });
  readonly #view: MapView;
  readonly #shown = new Map<ID, StickyNode>();

  constructor(view: MapView) {
    this.#view = view;
  }

  draw(): void {
    const { geometry, journey, nodes } = this.#view;
    const gone = new Set(this.#shown.keys());
    const order: HTMLElement[] = [];
    for (const record of journey.stickies) {
      gone.delete(record.id);
      let node = this.#shown.get(record.id);
      if (node === undefined) {
        node = mountSticky(record);
        this.#shown.set(record.id, node);
        nodes.set(record.id, node.el);
      }
      node.update(record, geometry.box);
      order.push(node.el);
    }
    for (const id of gone) {
      this.#shown.delete(id);
      nodes.delete(id);
    }
    arrange(this.el, order);
    const stop = order.find((node) => node === document.activeElement) ?? order[0];
    for (const node of order) attr(node, "tabindex", node === stop ? 0 : -1);
    this.el.hidden = order.length === 0;
    attr(this.el, "aria-label", w().map.stickies);
    this.cut();
  }

  /** Those over the map go under its heads. */
  cut(): void {
    under(this.el, this.#shown.size > 0 ? this.#view.grid.pinned : []);
  }
}
