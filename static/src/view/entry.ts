import type { ID } from "../board/record.ts";

/** Which script a page loads: boards a large one, and a smaller one on a phone; joining the smallest. */
export function entryFor(path: string, width: number): "app" | "home" | "phone" | "join" {
  if (path === "join") return "join";
  if (boardIn(path) === undefined) return "home";
  return width < 768 ? "phone" : "app";
}

/** The board whose page a path is. */
export function boardIn(path: string): ID | undefined {
  return /^b\/(board-[A-Za-z0-9_-]{1,80})$/.exec(path)?.[1] as ID | undefined;
}

/** The width that decides it: that of the window, or of a screen that the window is larger than. */
export function pageWidth(): number {
  return Math.min(screen.width, window.innerWidth);
}
