// What is felt along the journey, and the curve drawn through it.
import type { Board } from "./board.ts";
import { type BoardRecord, emotionID, type ID, numberField } from "./record.ts";

/** What is felt in one step, in hundredths from -300 to 300; undefined where nobody has said, or nobody may be told. */
export type Feeling = number | undefined;

/** The live steps of the map in the order of the journey. */
export function steps(board: Board): readonly BoardRecord[] {
  const map = board.ofKind("map")[0];
  if (map === undefined) return [];
  return board.children("phase", map.id).flatMap((phase) => board.children("step", phase.id));
}

/** What a persona feels in each of these steps. */
export function feelings(board: Board, of: readonly BoardRecord[], persona: ID): readonly Feeling[] {
  return of.map((step) => {
    const emotion = board.live(emotionID(step.id, persona));
    return emotion === undefined || emotion.only !== undefined ? undefined : numberField(emotion, "value");
  });
}

/**
 * The curve between two known feelings, a cubic Bezier from (from, y0) to (to, y1). The control points lie at one and
 * two thirds of the way, at the heights c0 and c1; from and to are places in the list of steps.
 */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly y0: number;
  readonly c0: number;
  readonly c1: number;
  readonly y1: number;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly y0: number;
  readonly y1: number;
  readonly width: number;
  readonly rise: number;
}

/**
 * A smooth line through the known feelings. It is monotone between two of them (the condition of Fritsch and Carlson,
 * SIAM J. Numer. Anal. 17, 1980; the slopes are the weighted harmonic means of Fritsch and Butland, 1984), so that it
 * never shows a low or a high where there is none. All in whole numbers, so that every program draws the same line.
 */
export function curve(of: readonly Feeling[]): readonly Segment[] {
  const known = of.flatMap((y, at) => (y === undefined ? [] : [{ at, y }]));
  const spans: Span[] = [];
  for (const [i, { at, y }] of known.entries()) {
    const next = known[i + 1];
    if (next === undefined) break;
    spans.push({ from: at, to: next.at, y0: y, y1: next.y, width: next.at - at, rise: next.y - y });
  }
  return spans.map((s, i) => {
    const before = spans[i - 1];
    const after = spans[i + 1];
    const { from, to, y0, y1 } = s;
    const third = divide(s.rise, 3);
    const up = before !== undefined ? inner(before, s, s.width) : after !== undefined ? end(s, after) : third;
    const down =
      after !== undefined ? inner(s, after, s.width) : before !== undefined ? end(s, before) : third;
    return { from, to, y0, c0: y0 + up, c1: y1 - down, y1 };
  });
}

/**
 * A third of how far the curve would rise over a width at its slope between two spans, which is level where they do not
 * go the same way.
 */
function inner(a: Span, b: Span, width: number): number {
  if (a.rise > 0 !== b.rise > 0 || a.rise === 0 || b.rise === 0) return 0;
  const below = (2 * b.width + a.width) * b.rise * a.width + (b.width + 2 * a.width) * a.rise * b.width;
  return divide(width * (a.width + b.width) * a.rise * b.rise, below);
}

/** A third of how far the curve would rise over a span at its slope at the span's outer end; next is its neighbour. */
function end(s: Span, next: Span): number {
  const { width: hs, rise: up } = s;
  const hn = next.width;
  const rise = divide((2 * hs + hn) * up * hn - hs * hs * next.rise, 3 * hn * (hs + hn));
  if (up === 0 || rise > 0 !== up > 0) return 0;
  return next.rise > 0 !== up > 0 && Math.abs(rise) > Math.abs(up) ? up : rise;
}

/** Rounds to the nearest whole number, halves away from zero. */
function divide(a: number, b: number): number {
  const above = b < 0 ? -a : a;
  const below = Math.abs(b);
  const rounded = Math.floor((Math.abs(above) * 2 + below) / (2 * below));
  return above < 0 && rounded !== 0 ? -rounded : rounded;
}

/** The places of the lowest and of the highest known feeling, the first of equals; -1 where there is neither. */
export function extremes(of: readonly Feeling[]): { readonly lowest: number; readonly highest: number } {
  let lowest = -1;
  let highest = -1;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const [i, y] of of.entries()) {
    if (y === undefined) continue;
    if (y < low) [lowest, low] = [i, y];
    if (y > high) [highest, high] = [i, y];
  }
  return lowest === highest ? { lowest: -1, highest: -1 } : { lowest, highest };
}

/** For each step how far the highest curve is above the lowest, where at least two curves are known. */
export function ranges(curves: readonly (readonly Feeling[])[]): readonly Feeling[] {
  const length = Math.max(0, ...curves.map((of) => of.length));
  return Array.from({ length }, (_, i) => {
    const known = curves.map((of) => of[i]).filter((y) => y !== undefined);
    return known.length > 1 ? Math.max(...known) - Math.min(...known) : undefined;
  });
}
