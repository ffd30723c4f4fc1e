// Canonical JSON: the one way to write a value, so that servers and browsers get the same bytes and the same digests.

import type { Json } from "./schema.gen.ts";

export type { Json };

const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Whether a text has no half of a surrogate pair, so that it has exactly one UTF-8 form. */
export function wellFormed(text: string): boolean {
  return !loneSurrogate.test(text);
}

/** The canonical text of a value: keys in byte order, no blanks, strings as JSON.stringify writes them. */
export function canonical(value: Json): string {
  switch (typeof value) {
    case "string":
      if (!wellFormed(value)) throw new RangeError("canonical: a lone surrogate has no bytes");
      return JSON.stringify(value);
    case "number":
      if (!Number.isSafeInteger(value))
        throw new RangeError(`canonical: ${value} is not a whole number in range`);
      return Object.is(value, -0) ? "0" : String(value);
    case "boolean":
      return value ? "true" : "false";
    default:
      break;
  }
  if (value === null) return "null";
  if (isList(value)) return `[${value.map(canonical).join(",")}]`;
  const keys = Object.keys(value).sort(compareBytes);
  let out = "";
  for (const key of keys) {
    const part = value[key];
    if (part === undefined) continue;
    out += `${out === "" ? "" : ","}${JSON.stringify(key)}:${canonical(part)}`;
  }
  return `{${out}}`;
}

/** The order of the UTF-8 bytes, which is that of the code points; UTF-16 sorts surrogates too low. */
function compareBytes(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const xPair = x >= 0xd800 && x <= 0xdfff;
    const yPair = y >= 0xd800 && y <= 0xdfff;
    return xPair === yPair ? x - y : xPair ? 1 : -1;
  }
  return a.length - b.length;
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}

/** Whether two values have the same canonical text. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  return canonical(a) === canonical(b);
}
