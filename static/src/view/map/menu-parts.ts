// What the menus of the map have in common.
import type { MenuEntry } from "../menu.ts";

export const line = { line: true } as const;

/** Leaves out entries that are not there, and lines with nothing between them. */
export function tidy(entries: readonly (MenuEntry | undefined | false)[]): readonly MenuEntry[] {
  const out: MenuEntry[] = [];
  for (const entry of entries) {
    if (entry === undefined || entry === false) continue;
    const last = out.at(-1);
    if ("line" in entry && (last === undefined || "line" in last)) continue;
    out.push(entry);
  }
  const last = out.at(-1);
  if (last !== undefined && "line" in last) out.pop();
  return out;
}
