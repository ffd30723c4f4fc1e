// Digests: a sum over the records of a board, by which a replica finds out that it differs.
import { canonical, type Json } from "./codec.ts";

/** A sum modulo 2^64, kept as two unsigned halves because a number holds only 53 bits. */
export interface Sum {
  readonly high: number;
  readonly low: number;
}

export const zeroSum: Sum = { high: 0, low: 0 };

export function addSum(a: Sum, b: Sum): Sum {
  const low = a.low + b.low;
  return { high: (a.high + b.high + (low > 0xffffffff ? 1 : 0)) >>> 0, low: low >>> 0 };
}

export function subtractSum(a: Sum, b: Sum): Sum {
  return { high: (a.high - b.high - (a.low < b.low ? 1 : 0)) >>> 0, low: (a.low - b.low) >>> 0 };
}

/** As it stands on the wire: 16 hexadecimal digits. */
export function sumText(sum: Sum): string {
  return sum.high.toString(16).padStart(8, "0") + sum.low.toString(16).padStart(8, "0");
}

const utf8 = new TextEncoder();

/** MurmurHash3, 32 bits, x86 variant (Austin Appleby, public domain), with two seeds in one walk over the bytes. */
export function murmur3(bytes: Uint8Array, seed: number, other: number): readonly [number, number] {
  const whole = bytes.length & ~3;
  let g = seed;
  let h = other;
  for (let i = 0; i < whole; i += 4) {
    const word =
      (bytes[i] ?? 0) |
      ((bytes[i + 1] ?? 0) << 8) |
      ((bytes[i + 2] ?? 0) << 16) |
      ((bytes[i + 3] ?? 0) << 24);
    const k = scramble(word);
    g ^= k;
    g = (Math.imul((g << 13) | (g >>> 19), 5) + 0xe6546b64) | 0;
    h ^= k;
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  }
  if (whole < bytes.length) {
    let tail = 0;
    for (let i = bytes.length - 1; i >= whole; i--) tail = (tail << 8) | (bytes[i] ?? 0);
    const k = scramble(tail);
    g ^= k;
    h ^= k;
  }
  return [finish(g ^ bytes.length), finish(h ^ bytes.length)];
}

function finish(state: number): number {
  let h = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function scramble(k: number): number {
  const mixed = Math.imul(k, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

/** The summand of one record, over its canonical bytes. */
export function recordSum(record: Json): Sum {
  const [high, low] = murmur3(utf8.encode(canonical(record)), 1, 2);
  return { high, low };
}
