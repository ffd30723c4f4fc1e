// Numbers as people write them.
import { lang } from "./index.ts";

/** What a board can hold, in hundredths. */
const most = Number.MAX_SAFE_INTEGER;

/**
 * Reads a number into hundredths, as it is written in the page's language or, where that can mean nothing else, in the
 * other one. The unit, a currency or % may stand beside it. Undefined when it cannot be read or is too large.
 */
export function readHundredths(text: string, unit = ""): number | undefined {
  let plain = text.trim();
  if (unit !== "" && plain.endsWith(unit)) plain = plain.slice(0, -unit.length);
  else if (unit !== "" && plain.startsWith(unit)) plain = plain.slice(unit.length);
  plain = plain
    .replace(/^[\p{Sc}\s]+|[\p{Sc}%‰°\s]+$/gu, "")
    .replace(/^[−–]/, "-")
    .replace(/(?<=\d)[\s'’](?=\d{3}(\D|$))/g, "");
  const [, sign, digits = ""] = /^([-+]?)([\d.,]*\d)$/.exec(plain) ?? [];
  if (sign === undefined) return undefined;
  const at = decimalAt(digits);
  const [whole, rest] = at < 0 ? [digits, ""] : [digits.slice(0, at), digits.slice(at + 1)];
  if (rest.length > 3 && digits[at] === grouping()) return undefined; // one digit too many behind thousands
  if (!/^(\d*|\d{1,3}(\.\d{3})+|\d{1,3}(,\d{3})+)$/.test(whole)) return undefined;
  const value = Math.round(Number(`${sign}${whole.replace(/[.,]/g, "")}.${rest}e2`));
  return Math.abs(value) <= most ? value + 0 : undefined;
}

function grouping(): string {
  return lang.value === "de" ? "." : ",";
}

/** Where the decimals of a number begin; -1 when it has none. */
function decimalAt(digits: string): number {
  const last = Math.max(digits.lastIndexOf("."), digits.lastIndexOf(","));
  const mark = digits[last];
  if (mark === undefined) return -1;
  if (digits.indexOf(mark) < last) return -1; // what is there twice stands between thousands
  return mark === grouping() && /^[1-9]\d{0,2}.\d{3}$/.test(digits) ? -1 : last;
}
