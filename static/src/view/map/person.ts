// People as the board shows them: the eleven colours, and the twin of each that shows on dark paper.

const count = 11;

/** A person's colour: the server gives one of the eleven as #rrggbb or by number; an id stands for one of them. */
export function personColor(color: string): string {
  if (color.startsWith("#")) return color;
  const number = /^\d+$/.test(color)
    ? Number(color)
    : [...color].reduce((sum, c) => sum + (c.codePointAt(0) ?? 0), 0);
  return `var(--p${number % count})`;
}

/** The colour of a department's square. */
export function hueColor(hue: number): string {
  return `var(--p${((hue % count) + count) % count}-d)`;
}

export const hues: readonly number[] = Array.from({ length: count }, (_, i) => i);

/** Up to two letters of a name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const first = (word: string | undefined): string => (word === undefined ? "" : ([...word][0] ?? ""));
  const letters =
    words.length > 1 ? first(words[0]) + first(words.at(-1)) : [...(words[0] ?? "")].slice(0, 2).join("");
  return letters.toUpperCase();
}
