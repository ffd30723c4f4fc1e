// Colours and icons to choose from in a menu, side by side.
import { el, icon } from "./dom.ts";
import type { MenuEntry } from "./menu.ts";

export interface Swatch {
  readonly label: string;
  readonly color: string;
  readonly icon?: string;
  /** Its label is shown below its icon. */
  readonly worded?: boolean;
  readonly checked: boolean;
  readonly run: () => void;
}

/** The entry of a menu that has these. */
export function swatches(all: readonly Swatch[]): MenuEntry {
  const worded = all.some((swatch) => swatch.worded === true);
  return {
    group: (close) => {
      const nodes = all.map((swatch) => swatchNode(swatch, close));
      const group = el("div", worded ? "swatches worded" : "swatches", { role: "group" }, ...nodes);
      group.addEventListener("keydown", (event) => {
        const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        const at = nodes.indexOf(event.target as HTMLElement);
        if (event.key === "ArrowDown") nodes.at(-1)?.focus(); // and down from there, as from any item
        if (way === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        nodes[(at + way + nodes.length) % nodes.length]?.focus();
      });
      return group;
    },
  };
}

function swatchNode(swatch: Swatch, close: (back: boolean) => void): HTMLElement {
  const mark = swatch.icon === undefined ? el("i") : icon(swatch.icon, "m");
  if (mark instanceof HTMLElement) mark.style.setProperty("--c", swatch.color);
  const node = el(
    "div",
    "",
    {
      role: "menuitemradio",
      tabindex: -1,
      "aria-label": swatch.worded === true ? undefined : swatch.label,
      title: swatch.worded === true ? undefined : swatch.label,
      "aria-checked": String(swatch.checked),
    },
    mark,
    swatch.worded === true ? swatch.label : undefined,
  );
  node.addEventListener("click", () => {
    close(true);
    swatch.run();
  });
  return node;
}
