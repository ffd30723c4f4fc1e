import type { Rank } from "./record.ts";

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A key between two; "" as the lower is the start, "" as the upper is the end. */
export function rankBetween(low: string, high: string): Rank {
  let out = "";
  let open = high === "";
  for (let i = 0; ; i++) {
    const a = i < low.length ? digits.indexOf(low.charAt(i)) : 0;
    const b = open || i >= high.length ? digits.length : digits.indexOf(high.charAt(i));
    if (a === b) {
      out += digits.charAt(a);
      continue;
    }
    const mid = Math.floor((a + b) / 2);
    if (mid > a) return (out + digits.charAt(mid)) as Rank;
    out += digits.charAt(a);
    open = true;
  }
}
