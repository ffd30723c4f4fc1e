// One card, drawn by the kind of its lane.
import { type BoardRecord, type ID, numberField, textField } from "../../board/record.ts";
import { arrange, attr, el, icon, style } from "../dom.ts";
import { hundredths, lang, w } from "../words/index.ts";
import { guessIcon, type LaneKind } from "./lane-kind.ts";
import { hueColor } from "./person.ts";
import { isTier, type Tier, tierMark } from "./tier.ts";
import { wrap } from "./wrap.ts";

export interface CardState {
  readonly record: BoardRecord;
  readonly kind: LaneKind;
  readonly span: number;
  readonly moments: number;
  readonly mayEdit: boolean;
}

export interface CardNode {
  readonly el: HTMLElement;
  update(state: CardState): void;
}

/** A card's name for those who hear the map. */
export function cardName(record: BoardRecord, moments: number): string {
  const parts = [textField(record, "text") || w().map.emptyCard];
  if (record.only !== undefined) parts.push(w().card.onlyYou);
  const severity = numberField(record, "severity");
  if (severity > 0) parts.push(w().card.severity(severity));
  const tier = record.fields.tier;
  if (isTier(tier)) parts.push(w().tier[tier]);
  const target = kpi(record);
  if (target !== undefined) parts.push(target.spoken);
  const span = numberField(record, "span", 1);
  if (span > 1) parts.push(w().card.spans(span));
  if (moments > 0) parts.push(w().moment.one);
  return parts.join(", ");
}

interface Kpi {
  readonly name: string;
  readonly value: string;
  readonly spoken: string;
  readonly now: number;
  readonly target: number;
}

function kpi(record: BoardRecord): Kpi | undefined {
  const name = textField(record, "metric");
  if (name === "") return undefined;
  const now = numberField(record, "now");
  const target = numberField(record, "target");
  if (now === 0 && target === 0) return undefined;
  const unit = textField(record, "unit");
  const digits = now % 100 === 0 && target % 100 === 0 ? 0 : now % 10 === 0 && target % 10 === 0 ? 1 : 2;
  const end = unit === "" ? "" : `\u202f${unit}`;
  const full = unit === "%" ? 10000 : Math.max(Math.abs(now), Math.abs(target)) * 1.25 || 1;
  const share = (value: number): number => Math.max(0, Math.min(100, (value / full) * 100));
  return {
    name,
    value: `${hundredths(now, digits)}\u200a→\u200a${hundredths(target, digits)}${end}`,
    spoken: w().card.kpi(name, `${hundredths(now)} ${unit}`.trim(), `${hundredths(target)} ${unit}`.trim()),
    now: share(now),
    target: share(target),
  };
}

function kpiBar(value: Kpi, tier: Tier | undefined): HTMLElement {
  const fill = el("i");
  const tick = el("u");
  style(fill, "width", `${value.now}%`);
  style(tick, "left", `${value.target}%`);
  return el(
    "div",
    "kpi",
    { "aria-hidden": "true" },
    el(
      "span",
      "",
      {},
      el(
        "span",
        "",
        {},
        tier === undefined ? undefined : tierMark(tier),
        el("span", "", { "data-t": value.name }),
      ),
      el("b", "", { "data-t": value.value }),
    ),
    el("div", "bar", {}, fill, tick),
  );
}

function severityBars(severity: number): HTMLElement {
  const bars = [1, 2, 3].map((n) => el("i", n <= severity ? "on" : ""));
  return el("span", "sev", { "aria-hidden": "true" }, ...bars);
}

/** An empty card node for a record. */
export function mountCard(id: ID): CardNode {
  const words = el("span", "txt");
  const grip = el("span", "grip", { "data-grip": id, "aria-hidden": "true" });
  const node = el("div", "card", {
    role: "option",
    tabindex: -1,
    "aria-selected": "false",
    "data-id": id,
    "data-kind": "card",
  });
  node.append(" "); // so that the words of two cards do not run together where they are read as one
  let known: CardState | undefined;
  let drawnIn = "";

  const update = (state: CardState): void => {
    const same =
      known !== undefined &&
      drawnIn === lang.value &&
      known.record === state.record &&
      known.kind === state.kind &&
      known.span === state.span &&
      known.moments === state.moments &&
      known.mayEdit === state.mayEdit;
    if (same) return;
    known = state;
    drawnIn = lang.value;
    const { record, kind } = state;
    const { look } = kind;
    wrap(words, textField(record, "text"));
    attr(words, "data-empty", w().map.emptyCard);
    attr(node, "aria-label", cardName(record, state.moments));
    const color = textField(record, "color");
    const kinds = ["card"];
    if (look === "chip" || look === "dept") kinds.push("chip");
    if (look === "dept") kinds.push("dept");
    if (look === "say")
      kinds.push("say", /^\s*["'„“»«‚‘‹›]/.test(textField(record, "text")) ? "quoted" : "unquoted");
    if (look === "outlined") kinds.push("sys");
    if (color !== "") kinds.push("hued", `c-${color}`);
    if (state.span > 1) kinds.push("wide");
    if (record.only !== undefined) kinds.push("mine-only");
    for (const kept of ["lifted", "editing"]) if (node.classList.contains(kept)) kinds.push(kept);
    node.className = kinds.join(" ");
    style(node, "--c", look === "dept" ? hueColor(numberField(record, "hue")) : "");
    style(node, "width", state.span > 1 ? `calc(${state.span} * var(--step) - 12px)` : "");

    const parts: Element[] = [];
    const own = textField(record, "icon");
    if (look === "icon" || look === "chip" || (own !== "" && look !== "dept")) {
      const name = own !== "" ? own : guessIcon(textField(record, "text"), kind);
      if (look === "chip") parts.push(icon(name, "s"), words);
      else parts.push(el("div", "hdr", {}, icon(name, "m"), words));
    } else parts.push(words);

    const severity = numberField(record, "severity");
    const tier = record.fields.tier;
    const foot: Element[] = [];
    if (severity > 0) foot.push(severityBars(severity));
    const target = kpi(record);
    if (target !== undefined) parts.push(kpiBar(target, isTier(tier) ? tier : undefined));
    else if (isTier(tier)) foot.push(tierMark(tier));
    if (foot.length > 0 && look !== "chip" && look !== "dept") {
      parts.push(el("div", "mt", { "aria-hidden": "true" }, ...foot));
    }
    if (record.only !== undefined) {
      parts.push(el("div", "only", {}, icon("lock", "s"), w().card.onlyYou));
    }
    if (state.moments > 0) parts.push(el("span", "dot", { "aria-hidden": "true" }));
    if (state.mayEdit && look !== "chip" && look !== "dept") parts.push(grip);
    arrange(node, parts);
  };
  return { el: node, update };
}
