// The corner of the map: whose journey it is.
import { numberField, textField } from "../../board/record.ts";
import { attr, el, style, text } from "../dom.ts";
import { w } from "../words/index.ts";
import type { Journey } from "./journey.ts";
import { initials } from "./person.ts";

export interface CornerNode {
  readonly el: HTMLElement;
  update(journey: Journey): void;
}

/** The head is dark in both themes, so the badge keeps its light paper. */
const papers: Readonly<Record<string, string>> = {
  sun: "#fce076",
  apricot: "#fed9bb",
  rose: "#ffd5da",
  lilac: "#edd7fe",
  sky: "#c9e5ff",
  lagoon: "#bdeeed",
  leaf: "#c6efbd",
  stone: "#e4e1d9",
};

export function mountCorner(): CornerNode {
  const badge = el("span", "av", { "aria-hidden": "true" });
  const name = el("b", "txt");
  const about = el("small");
  const node = el(
    "div",
    "corner",
    { role: "columnheader", tabindex: -1, "data-kind": "persona" },
    badge,
    el("div", "", {}, name, about),
  );
  attr(node, "data-row", 0);
  attr(node, "data-col", 0);
  attr(node, "aria-colindex", 1);
  attr(node, "aria-rowspan", 2);
  return {
    el: node,
    update(journey) {
      const persona = journey.persona;
      const title = textField(persona, "name");
      const age = numberField(persona, "age");
      const line = [age > 0 ? String(age) : "", textField(persona, "about")].filter(Boolean).join(", ");
      const more = journey.personas.length - 1;
      attr(badge, "data-i", title === "" ? "+" : initials(title));
      text(name, title || w().map.addPersona);
      text(about, more > 0 ? [line, w().persona.more(more)].filter(Boolean).join(" · ") : line);
      attr(node, "data-id", persona?.id);
      attr(
        node,
        "aria-label",
        title === "" ? w().map.addPersona : [w().persona.one, title, line].filter(Boolean).join(", "),
      );
      style(node, "--pc", papers[textField(persona, "color")] ?? "#fed9bb");
    },
  };
}
