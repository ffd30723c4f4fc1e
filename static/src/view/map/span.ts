// Cards that span several steps lie over their cells; every cell below leaves room for them.
import type { ID } from "../../board/record.ts";
import { style } from "../dom.ts";
import type { CellNode } from "./cell.ts";
import { cardsIn, type Journey, spanOf } from "./journey.ts";

interface Wide {
  readonly el: HTMLElement;
  readonly from: number;
  readonly to: number;
  readonly line: number;
}

const edge = 6;
const gap = 6;

export class Spans {
  #wide: readonly Wide[] = [];
  #steps: readonly ID[] = [];
  #held: { readonly card: ID; readonly span: number } | undefined;
  #last: { readonly journey: Journey; readonly lane: ID } | undefined;
  readonly #heights = new Map<Element, number>();
  readonly #observer: ResizeObserver;
  readonly #cell: (step: ID) => CellNode | undefined;

  constructor(cell: (step: ID) => CellNode | undefined) {
    this.#cell = cell;
    this.#observer = new ResizeObserver((entries) => {
      for (const entry of entries) this.#heights.set(entry.target, entry.borderBoxSize[0]?.blockSize ?? 0);
      this.#place();
    });
  }

  /** Packs the spanning cards of a lane into as few lines as they need, the earlier step first. */
  update(journey: Journey, lane: ID): void {
    this.#last = { journey, lane };
    const wide: Wide[] = [];
    const ends: number[] = [];
    for (const step of journey.steps) {
      for (const card of cardsIn(journey, lane, step.record.id)) {
        const span = this.#held?.card === card.id ? this.#held.span : spanOf(journey, card);
        const el = this.#cell(step.record.id)?.cards.get(card.id)?.el;
        if (span < 2 || el === undefined) continue;
        let line = ends.findIndex((end) => end <= step.index);
        if (line < 0) line = ends.push(0) - 1;
        ends[line] = step.index + span;
        wide.push({ el, from: step.index, to: step.index + span, line });
      }
    }
    this.#steps = journey.steps.map((step) => step.record.id);
    if (wide.length === 0 && this.#wide.length === 0) return;
    for (const { el } of this.#wide) {
      if (wide.some((next) => next.el === el)) continue;
      this.#observer.unobserve(el);
      this.#heights.delete(el);
      style(el, "top", "");
    }
    for (const { el } of wide) if (!this.#wide.some((before) => before.el === el)) this.#observer.observe(el);
    this.#wide = wide;
    this.#place();
  }

  /** Makes room for a card as wide as it is dragged; undefined lets go. */
  hold(card: ID, span: number | undefined): void {
    this.#held = span === undefined ? undefined : { card, span };
    if (this.#last !== undefined) this.update(this.#last.journey, this.#last.lane);
  }

  close(): void {
    this.#observer.disconnect();
  }

  #place(): void {
    const lines: number[] = [];
    for (const { el, line } of this.#wide) {
      lines[line] = Math.max(lines[line] ?? 0, this.#heights.get(el) ?? 32);
    }
    const top = (line: number): number => {
      let y = edge;
      for (let i = 0; i < line; i++) y += (lines[i] ?? 0) + gap;
      return y;
    };
    for (const { el, line } of this.#wide) style(el, "top", `${top(line)}px`);
    for (const [i, step] of this.#steps.entries()) {
      const over = this.#wide.filter((card) => card.from <= i && i < card.to);
      const last = Math.max(-1, ...over.map((card) => card.line));
      this.#cell(step)?.room(last < 0 ? 0 : top(last + 1) - edge - gap);
    }
  }
}
