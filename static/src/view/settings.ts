// What this browser remembers about its person's taste.
import { signal } from "@preact/signals-core";
import { type Lang, speak } from "./words/index.ts";

export type Theme = "light" | "dark" | "system";

function read(name: string): string | null {
  try {
    return localStorage.getItem(`waymark.${name}`);
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(`waymark.${name}`, value);
  } catch {
    // Storage is blocked: the choice holds for this page.
  }
}

const dark = matchMedia("(prefers-color-scheme: dark)");

export const theme = signal<Theme>((read("theme") as Theme | null) ?? "system");
/** Whether single letters are shortcuts on the board (WCAG 2.1.4). */
export const letters = signal(read("letters") !== "off");
export const minimap = signal(read("minimap") !== "off");
/** Whether the window has room for it; board.css leaves it out of narrower ones. */
export const roomForMinimap = (): boolean => innerWidth > 900;

/** What is shown now, for whatever is painted. */
export const shade = signal<"light" | "dark">("light");

function applyTheme(): void {
  const resolved = theme.value === "system" ? (dark.matches ? "dark" : "light") : theme.value;
  document.documentElement.dataset.theme = resolved;
  shade.value = resolved;
  const color = resolved === "dark" ? "#101819" : "#f8f7f2";
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", color);
}

dark.addEventListener("change", applyTheme);

export function setTheme(next: Theme): void {
  theme.value = next;
  write("theme", next);
  applyTheme();
}

export function setLetters(on: boolean): void {
  letters.value = on;
  write("letters", on ? "on" : "off");
}

export function setMinimap(on: boolean): void {
  minimap.value = on;
  write("minimap", on ? "on" : "off");
}

export async function setLang(next: Lang): Promise<void> {
  write("lang", next);
  await speak(next);
}

/** Speaks the language that a person chose elsewhere, unless another was chosen in this browser. */
export async function speakAs(spoken: string | undefined): Promise<void> {
  if ((spoken === "de" || spoken === "en") && read("lang") === null) await speak(spoken);
}

/** The board the set-up came with: home shows it as an example. */
export const sample = {
  is: (board: string): boolean => read("sample") === board,
  remember(board: string | undefined): void {
    if (board !== undefined) write("sample", board);
  },
};

export { applyTheme };
