// What stands between or on steps: gaps (a dashed card where a touchpoint should be), breaks, bottlenecks, triggers,
// events.
import { type BoardRecord, textField } from "../../board/record.ts";
import { arrange, attr, el, icon } from "../dom.ts";
import { lang, w } from "../words/index.ts";

export const markerIcons: Readonly<Record<string, string>> = {
  gap: "circle-dashed",
  break: "unlink",
  bottleneck: "hourglass",
  trigger: "zap",
  event: "calendar",
};

export interface MarkerNode {
  readonly el: HTMLElement;
  update(record: BoardRecord): void;
}

function word(type: string): string {
  return (w().marker as Readonly<Record<string, string>>)[type] ?? type;
}

export function markerName(record: BoardRecord): string {
  const label = textField(record, "text");
  const type = word(textField(record, "type") || "gap");
  return label === "" ? type : `${type}: ${label}`;
}

export function mountMarker(record: BoardRecord): MarkerNode {
  const node = el("div", "", { role: "button", tabindex: -1, "data-id": record.id, "data-kind": "marker" });
  const words = el("span", "txt");
  let known: BoardRecord | undefined;
  let drawnIn = "";
  return {
    el: node,
    update(next) {
      if (next === known && drawnIn === lang.value) return;
      known = next;
      drawnIn = lang.value;
      const type = textField(next, "type") || "gap";
      const label = textField(next, "text");
      attr(node, "aria-label", markerName(next));
      words.textContent = label;
      const mark = icon(markerIcons[type] ?? "flag", "s");
      if (type === "gap") {
        node.className = "gap";
        arrange(node, [el("b", "", {}, mark, el("span", "", { "data-t": word(type) })), words]);
        return;
      }
      const after = textField(next, "edge") === "after";
      node.className = `mark ${after ? "after" : "on"} ${type}`;
      words.textContent = label;
      arrange(node, label === "" ? [mark, el("span", "", { "data-t": word(type) })] : [mark, words]);
    },
  };
}

/** The dashed line a break draws down its cell. */
export function breakLine(): HTMLElement {
  return el("span", "brk", { "aria-hidden": "true" });
}

/** Whether a marker stands in the flow of its cell, as a card does. */
export function inFlow(record: BoardRecord): boolean {
  return (textField(record, "type") || "gap") === "gap";
}
