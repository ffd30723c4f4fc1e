// Text operations: how a text field is changed, and how two changes made at once are brought together.
// Positions count Unicode code points, never UTF-16 units, so that Go and TypeScript agree on every text.
//
// A delta is a change of a text: a positive number keeps that many code points, a negative one deletes them, a string
// is inserted. What follows the last part is kept. The normal form has no empty part, no two neighbours of one sort, an
// insertion before a deletion, and no number that keeps at the end.
import type { Delta } from "./schema.gen.ts";

export type { Delta };

const surrogate = /[\ud800-\udfff]/;

/** The number of code points of a text. */
export function textLength(text: string): number {
  if (!surrogate.test(text)) return text.length;
  let n = 0;
  for (const _ of text) n++;
  return n;
}

/** Where in the UTF-16 string the code point at `point` begins. */
export function unitOffset(text: string, point: number): number {
  if (!surrogate.test(text)) return Math.min(point, text.length);
  let unit = 0;
  for (let n = 0; n < point && unit < text.length; n++) {
    unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  }
  return unit;
}

/** How many code points lie before the UTF-16 offset `unit`; an offset inside a pair counts the pair. */
export function pointOffset(text: string, unit: number): number {
  return textLength(text.slice(0, unit));
}

function slicePoints(text: string, from: number, to: number): string {
  if (!surrogate.test(text)) return text.slice(from, to);
  return text.slice(unitOffset(text, from), unitOffset(text, to));
}

/** Collects parts and keeps them in normal form. */
class Builder {
  readonly parts: (number | string)[] = [];

  keep(n: number): void {
    if (n <= 0) return;
    const last = this.parts.at(-1);
    if (typeof last === "number" && last > 0) this.parts[this.parts.length - 1] = last + n;
    else this.parts.push(n);
  }

  insert(text: string): void {
    if (text === "") return;
    const end = this.parts.length - 1;
    const last = this.parts[end];
    if (typeof last === "string") {
      this.parts[end] = last + text;
    } else if (typeof last === "number" && last < 0) {
      // An insertion stands before the deletion beside it.
      const before = this.parts[end - 1];
      if (typeof before === "string") this.parts[end - 1] = before + text;
      else this.parts.splice(end, 0, text);
    } else {
      this.parts.push(text);
    }
  }

  drop(n: number): void {
    if (n <= 0) return;
    const last = this.parts.at(-1);
    if (typeof last === "number" && last < 0) this.parts[this.parts.length - 1] = last - n;
    else this.parts.push(-n);
  }

  done(): Delta {
    const last = this.parts.at(-1);
    if (typeof last === "number" && last > 0) this.parts.pop();
    return this.parts;
  }
}

/** Reads a delta piece by piece; past its end it keeps for ever. */
class Reader {
  #at = 0;
  #used = 0;
  readonly #delta: Delta;

  constructor(delta: Delta) {
    this.#delta = delta;
  }

  get ended(): boolean {
    return this.#at >= this.#delta.length;
  }

  /** The text about to be inserted, if an insertion is next. */
  get inserts(): boolean {
    return typeof this.#delta[this.#at] === "string";
  }

  get drops(): boolean {
    const part = this.#delta[this.#at];
    return typeof part === "number" && part < 0;
  }

  /** How many code points are left of the next part. */
  get left(): number {
    const part = this.#delta[this.#at];
    if (part === undefined) return Number.POSITIVE_INFINITY;
    return (typeof part === "string" ? textLength(part) : Math.abs(part)) - this.#used;
  }

  /** Passes over n code points of the next part and returns their text if they are inserted. */
  take(n: number): string {
    const part = this.#delta[this.#at];
    if (part === undefined) return "";
    const text = typeof part === "string" ? slicePoints(part, this.#used, this.#used + n) : "";
    this.#used += n;
    const whole = typeof part === "string" ? textLength(part) : Math.abs(part);
    if (this.#used >= whole) {
      this.#at++;
      this.#used = 0;
    }
    return text;
  }
}

/** The same delta in normal form. */
export function normalDelta(delta: Delta): Delta {
  const out = new Builder();
  for (const part of delta) {
    if (typeof part === "string") out.insert(part);
    else if (part > 0) out.keep(part);
    else out.drop(-part);
  }
  return out.done();
}

/** The text after the delta, or undefined where the delta reaches past its end. */
export function applyDelta(text: string, delta: Delta): string | undefined {
  let out = "";
  let unit = 0;
  const pairs = surrogate.test(text);
  for (const part of delta) {
    if (typeof part === "string") {
      out += part;
      continue;
    }
    const end = pairs ? unit + unitOffset(text.slice(unit), Math.abs(part)) : unit + Math.abs(part);
    if (end > text.length || (pairs && textLength(text.slice(unit, end)) < Math.abs(part))) return undefined;
    if (part > 0) out += text.slice(unit, end);
    unit = end;
  }
  return out + text.slice(unit);
}

/** The delta that undoes `delta`, given the text before it. Undefined where the delta does not fit the text. */
export function invertDelta(delta: Delta, before: string): Delta | undefined {
  if (applyDelta(before, delta) === undefined) return undefined;
  const out = new Builder();
  let at = 0;
  for (const part of delta) {
    if (typeof part === "string") {
      out.drop(textLength(part));
    } else if (part > 0) {
      out.keep(part);
      at += part;
    } else {
      out.insert(slicePoints(before, at, at - part));
      at -= part;
    }
  }
  return out.done();
}

/** One delta that does what `first` and then `second` do. */
export function composeDelta(first: Delta, second: Delta): Delta {
  const a = new Reader(first);
  const b = new Reader(second);
  const out = new Builder();
  while (!a.ended || !b.ended) {
    if (a.drops) {
      const n = a.left;
      a.take(n);
      out.drop(n);
    } else if (b.inserts) {
      out.insert(b.take(b.left));
    } else {
      const n = Math.min(a.left, b.left);
      const inserted = a.inserts;
      const text = a.take(n);
      const dropped = b.drops;
      b.take(n);
      if (inserted) {
        if (!dropped) out.insert(text);
      } else if (dropped) {
        out.drop(n);
      } else {
        out.keep(n);
      }
    }
  }
  return out.done();
}

/**
 * Rewrites `delta` so that it can follow `other`, where both were made against the same text.
 * Where both insert at one place, the text of the one that is first in the log stands first: pass "left" when
 * `delta` is that one, "right" when `other` is.
 */
export function transformDelta(delta: Delta, other: Delta, side: "left" | "right"): Delta {
  const a = new Reader(delta);
  const b = new Reader(other);
  const out = new Builder();
  while (!a.ended) {
    if (a.inserts && (side === "left" || !b.inserts)) {
      out.insert(a.take(a.left));
    } else if (b.inserts) {
      const n = b.left;
      b.take(n);
      out.keep(n);
    } else {
      const n = Math.min(a.left, b.left);
      const dropped = a.drops;
      const gone = b.drops;
      a.take(n);
      b.take(n);
      if (gone) continue;
      if (dropped) out.drop(n);
      else out.keep(n);
    }
  }
  return out.done();
}

/**
 * Where a caret lands after a delta. A caret at the very place of an insertion stays before it, or moves behind it
 * with "right".
 */
export function movePoint(point: number, delta: Delta, side: "left" | "right" = "left"): number {
  let at = 0;
  let moved = point;
  for (const part of delta) {
    if (at > moved) break;
    if (typeof part === "string") {
      const n = textLength(part);
      if (at < moved || side === "right") moved += n;
      else break;
      at += n;
    } else if (part > 0) {
      at += part;
    } else {
      moved -= Math.min(-part, Math.max(0, moved - at));
    }
  }
  return moved;
}

/** How many code points a change erases. */
export function erasedBy(delta: Delta): number {
  return delta.reduce<number>((n, part) => (typeof part === "number" && part < 0 ? n - part : n), 0);
}

/** The one replacement that turns `from` into `to`, by their common start and end. */
export function diffText(from: string, to: string): Delta {
  const a = Array.from(from);
  const b = Array.from(to);
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a[start] === b[start]) start++;
  let end = 0;
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const out = new Builder();
  out.keep(start);
  out.insert(b.slice(start, b.length - end).join(""));
  out.drop(a.length - end - start);
  return out.done();
}
