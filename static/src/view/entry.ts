/** Which script a page loads: joining takes the smallest, a board on a phone the small one, all else the large one. */
export function entryFor(path: string, width: number): "app" | "phone" | "join" {
  if (path === "join") return "join";
  return width < 768 && path.startsWith("b/") ? "phone" : "app";
}

/** The width that decides it: that of the window, or of a screen that the window is larger than. */
export function pageWidth(): number {
  return Math.min(screen.width, window.innerWidth);
}
