// How high cards are without asking the browser to lay them out: for cards that are not mounted and for silhouettes.
// A line more or less than on screen does no harm; what is mounted is measured.
import { type BoardRecord, numberField, textField } from "../../board/record.ts";
import type { LaneKind } from "./lane-kind.ts";

export interface Slot {
  readonly card: BoardRecord;
  /** From the cell's inner top left, in board pixels. */
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly lines: number;
}

export interface Stack {
  readonly slots: readonly Slot[];
  readonly height: number;
}

const pen = document.createElement("canvas").getContext("2d");
const widths = new Map<string, number>();
let stacks = new WeakMap<readonly BoardRecord[], { readonly width: number; readonly stack: Stack }>();
const gap = 6;

/** Counts how often everything was measured anew. */
export let measuring = 0;

/** Forgets all widths; called when the fonts have come. */
export function measureAnew(): void {
  widths.clear();
  stacks = new WeakMap();
  measuring++;
}

function widthOf(word: string): number {
  const known = widths.get(word);
  if (known !== undefined) return known;
  if (pen === null) return word.length * 7;
  pen.font = '14px "Atkinson Hyperlegible Next", system-ui, sans-serif';
  const width = pen.measureText(word).width;
  if (widths.size > 20_000) widths.clear();
  widths.set(word, width);
  return width;
}

/** How many lines a text takes, broken at blanks and, where a word is too long, within it. */
export function linesOf(text: string, width: number): number {
  let lines = 0;
  for (const line of text.split("\n")) {
    let at = 0;
    lines++;
    for (const word of line.split(" ")) {
      const w = widthOf(word);
      const blank = at === 0 ? 0 : 4;
      if (at + blank + w <= width) {
        at += blank + w;
        continue;
      }
      if (at > 0) lines++;
      lines += Math.max(0, Math.ceil(w / width) - 1);
      at = w % width;
    }
  }
  return lines;
}

function slotOf(card: BoardRecord, kind: LaneKind, y: number, width: number): Slot {
  const wide = width * numberField(card, "span", 1);
  const w = wide - 13;
  const badge = kind.look === "icon" || textField(card, "icon") !== "" ? 23 : 0;
  const lines = linesOf(textField(card, "text") || " ", w - 16 - badge);
  const metric = textField(card, "metric") !== "";
  const foot = metric ? 30 : numberField(card, "severity") > 0 || textField(card, "tier") !== "" ? 20 : 0;
  const own = card.only === undefined ? 0 : 19;
  return { card, x: 0, y, w, h: Math.max(32, 13 + lines * 18 + foot + own), lines };
}

/** Where the cards of a cell lie in it, for a step of this width. */
export function stackOf(cards: readonly BoardRecord[], kind: LaneKind, width: number): Stack {
  const known = stacks.get(cards);
  if (known !== undefined && known.width === width) return known.stack;
  const slots: Slot[] = [];
  let y = 0;
  if (kind.look === "chip" || kind.look === "dept") {
    let x = 0;
    for (const card of cards) {
      const w = Math.min(width - 13, widthOf(textField(card, "text")) + (kind.look === "chip" ? 38 : 30));
      if (x > 0 && x + w > width - 13) {
        x = 0;
        y += 33;
      }
      slots.push({ card, x, y, w, h: 27, lines: 1 });
      x += w + 6;
    }
    y += cards.length > 0 ? 33 : 0;
  } else {
    for (const card of cards) {
      const slot = slotOf(card, kind, y, width);
      slots.push(slot);
      y += slot.h + gap;
    }
  }
  const stack = { slots, height: Math.max(0, y - gap) };
  stacks.set(cards, { width, stack });
  return stack;
}
