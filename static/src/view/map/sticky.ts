// A sticky beside the map.
import { type BoardRecord, numberField, textField } from "../../board/record.ts";
import { attr, el, style } from "../dom.ts";
import { w } from "../words/index.ts";
import type { Box } from "./camera.ts";
import { wrap } from "./wrap.ts";

export interface StickyNode {
  readonly el: HTMLElement;
  update(record: BoardRecord, map: Box): void;
}

export const stickyColors = ["sun", "apricot", "rose", "lilac", "sky", "lagoon", "leaf", "stone"] as const;

/** Where a sticky lies on the board: from the map's top left, its right edge or its lower edge, as its anchor says. */
export function stickyBox(record: BoardRecord, map: Box): Box {
  const anchor = textField(record, "anchor");
  return {
    x: numberField(record, "x") / 10 + (anchor === "right" ? map.w : 0),
    y: numberField(record, "y") / 10 + (anchor === "below" ? map.h : 0),
    w: numberField(record, "w", 1600) / 10,
    h: numberField(record, "h", 1200) / 10,
  };
}

export function mountSticky(record: BoardRecord): StickyNode {
  const words = el("div", "txt");
  const node = el(
    "div",
    "sticky",
    { role: "option", tabindex: -1, "aria-selected": "false", "data-id": record.id, "data-kind": "sticky" },
    words,
    el("span", "size", { "data-size": record.id, "aria-hidden": "true" }),
  );
  return {
    el: node,
    update(next, map) {
      const kept = ["editing", "drag"].filter((name) => node.classList.contains(name));
      node.className = ["sticky", `c-${textField(next, "color") || "sun"}`, ...kept].join(" ");
      const box = stickyBox(next, map);
      style(node, "left", `${box.x}px`);
      style(node, "top", `${box.y}px`);
      style(node, "width", `${box.w}px`);
      style(node, "min-height", `${box.h}px`); // what is written on it can be read without opening it
      wrap(words, textField(next, "text"));
      attr(words, "data-empty", w().sticky.empty);
      attr(node, "aria-label", `${w().sticky.one}: ${textField(next, "text") || w().sticky.empty}`);
    },
  };
}
