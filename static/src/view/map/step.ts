// The head of a step: its number and what the customer lives through there.
import type { BoardRecord } from "../../board/record.ts";
import { textField } from "../../board/record.ts";
import { attr, el, text } from "../dom.ts";
import { w } from "../words/index.ts";
import type { Step } from "./journey.ts";
import { menuButton } from "./menu-button.ts";
import { wrap } from "./wrap.ts";

export interface StepNode {
  readonly el: HTMLElement;
  update(step: Step): void;
}

export function mountStep(step: BoardRecord): StepNode {
  const number = el("i", "", { "aria-hidden": "true" });
  const words = el("span", "txt");
  const node = el("div", "st", {
    role: "columnheader",
    tabindex: -1,
    "data-id": step.id,
    "data-kind": "step",
  });
  const menu = menuButton(step.id);
  node.append(number, words, menu);
  return {
    el: node,
    update(state) {
      const title = textField(state.record, "title");
      text(number, String(state.index + 1));
      wrap(words, title);
      attr(words, "data-empty", w().map.step);
      attr(node, "aria-label", `${w().map.stepNumber(state.index + 1)}: ${title || w().map.unnamed}`);
      attr(node, "aria-colindex", state.index + 2);
      attr(node, "data-row", 1);
      attr(node, "data-col", state.index + 1);
      attr(menu, "aria-label", w().menu.of(title || w().map.stepNumber(state.index + 1)));
      node.classList.toggle("f", state.first);
    },
  };
}
