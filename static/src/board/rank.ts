// Ranks order siblings: byte by byte, and by id where two are equal. A rank is a fraction between 0 and 1 in base 62
// without a zero at its end, so that there is always room between two. Appending counts up in the first four digits,
// so that a list which only grows keeps short ranks.
import { type Rank, rankLengthLimit } from "./schema.gen.ts";

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const base = digits.length;
/** Digits counted in at the ends. */
const counting = 4;
const countEnd = base ** counting;

const form = /^[0-9A-Za-z]*[1-9A-Za-z]$/;

export function isRank(text: unknown): text is Rank {
  return typeof text === "string" && text.length <= rankLengthLimit && form.test(text);
}

/**
 * A rank above low and below high; "" stands for the start and for the end. Undefined when there is none within the
 * limit of length, or when low is not below high: then the siblings need fresh ranks.
 */
export function rankBetween(low: string, high: string): Rank | undefined {
  if ((low !== "" && !isRank(low)) || (high !== "" && !isRank(high)) || (high !== "" && low >= high))
    return undefined;
  if (low === "" && high === "") return "V" as Rank;
  if (high === "") {
    const n = count(low) + 1;
    if (n < countEnd) return counted(n);
  } else if (low === "") {
    const n = count(high) - 1;
    if (n > 0) return counted(n);
  }
  const middle = middleOf(low, high);
  return middle.length <= rankLengthLimit ? (middle as Rank) : undefined;
}

/** That many ranks with equal room between them. */
export function spreadRanks(n: number): readonly Rank[] {
  const step = Math.floor(countEnd / (n + 1));
  return Array.from({ length: n }, (_, i) => counted((i + 1) * step));
}

/** The first digits, read as a number. */
function count(rank: string): number {
  let n = 0;
  for (let i = 0; i < counting; i++) n = n * base + (i < rank.length ? digits.indexOf(rank.charAt(i)) : 0);
  return n;
}

/** The rank whose first digits are this number, which is above 0. */
function counted(n: number): Rank {
  let text = "";
  for (let i = 0, rest = n; i < counting; i++, rest = Math.floor(rest / base))
    text = digits.charAt(rest % base) + text;
  return text.replace(/0+$/, "") as Rank;
}

/** A fraction about half-way between low and high, as short as it can be; low < high, and "" for high is 1. */
function middleOf(low: string, high: string): string {
  let out = "";
  let bound = high !== "";
  for (let i = 0; ; i++) {
    const a = i < low.length ? digits.indexOf(low.charAt(i)) : 0;
    const b = !bound ? base : i < high.length ? digits.indexOf(high.charAt(i)) : 0;
    if (bound && a === b) {
      out += digits.charAt(a);
      continue;
    }
    const mid = Math.floor((a + b) / 2);
    if (mid > a) return out + digits.charAt(mid);
    // b is a+1: stay on low's digit and go above the rest of low.
    out += digits.charAt(a);
    bound = false;
  }
}
