// The small button in a head that opens its menu. The keyboard opens the same menu from the head itself.
import { el, icon } from "../dom.ts";

export function menuButton(id: string): HTMLElement {
  return el(
    "button",
    "hm",
    { type: "button", tabindex: -1, "data-menu": id, "aria-haspopup": "menu" },
    icon("ellipsis", "m"),
  );
}
