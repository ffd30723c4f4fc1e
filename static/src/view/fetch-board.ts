import { asset } from "./assets.ts";
import { el } from "./dom.ts";
import { entryFor, pageWidth } from "./entry.ts";

/** Has the script of boards come while somebody reads or types, so that the next page opens at once. */
export function fetchBoard(): void {
  document.head.append(
    el("link", "", { rel: "modulepreload", href: asset(entryFor("b/board-1", pageWidth())) }),
  );
}
