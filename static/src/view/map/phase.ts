// The head of a phase: its title over its steps.
import type { BoardRecord } from "../../board/record.ts";
import { textField } from "../../board/record.ts";
import { attr, el, style } from "../dom.ts";
import { w } from "../words/index.ts";
import type { Phase } from "./journey.ts";
import { menuButton } from "./menu-button.ts";
import { wrap } from "./wrap.ts";

export interface PhaseNode {
  readonly el: HTMLElement;
  update(phase: Phase): void;
}

export function phaseName(phase: BoardRecord, index: number): string {
  return textField(phase, "title") || w().map.phaseNumber(index + 1);
}

export function mountPhase(phase: BoardRecord): PhaseNode {
  const words = el("span", "txt");
  const node = el("div", "ph", {
    role: "columnheader",
    tabindex: -1,
    "data-id": phase.id,
    "data-kind": "phase",
  });
  const menu = menuButton(phase.id);
  node.append(words, menu);
  return {
    el: node,
    update(state) {
      wrap(words, textField(state.record, "title"));
      attr(words, "data-empty", w().map.phase);
      attr(node, "aria-colindex", state.from + 2);
      attr(node, "aria-colspan", state.steps.length);
      attr(node, "aria-label", `${w().map.phase}: ${textField(state.record, "title") || w().map.unnamed}`);
      attr(node, "data-row", 0);
      attr(node, "data-col", state.from + 1);
      attr(menu, "aria-label", w().menu.of(textField(state.record, "title") || w().map.phase));
      style(node, "grid-column", `${state.from + 2} / span ${state.steps.length}`);
    },
  };
}
