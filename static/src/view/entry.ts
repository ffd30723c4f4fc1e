/** Which script a page loads: joining and boards on a phone take the small one, all else the large one. */
export function entryFor(path: string, width: number): "app" | "phone" {
  if (path === "join") return "phone";
  return width < 768 && path.startsWith("b/") ? "phone" : "app";
}
