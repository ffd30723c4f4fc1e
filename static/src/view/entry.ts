import type { ID } from "../board/record.ts";

/** Which script a page loads: joining takes the smallest, a board on a phone the small one, all else the large one. */
export function entryFor(path: string, width: number): "app" | "phone" | "join" {
  if (path === "join") return "join";
  return width < 768 && boardIn(path) !== undefined ? "phone" : "app";
}

/** The board whose page a path is. */
export function boardIn(path: string): ID | undefined {
  return /^b\/(board-[A-Za-z0-9_-]{1,80})$/.exec(path)?.[1] as ID | undefined;
}

/** The width that decides it: that of the window, or of a screen that the window is larger than. */
export function pageWidth(): number {
  return Math.min(screen.width, window.innerWidth);
}
