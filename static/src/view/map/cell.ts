// One cell: the crossing of a lane and a step, with its cards and what marks it.
import type { BoardRecord, ID } from "../../board/record.ts";
import { textField } from "../../board/record.ts";
import { arrange, attr, el } from "../dom.ts";
import { hyphenable } from "../words/hyphen.ts";
import { lang, w } from "../words/index.ts";
import { type CardNode, mountCard } from "./card.ts";
import { type LaneKind, laneKind } from "./lane-kind.ts";
import { breakLine, inFlow, type MarkerNode, mountMarker } from "./marker.ts";

export interface CellState {
  readonly lane: BoardRecord;
  readonly step: BoardRecord;
  readonly index: number;
  readonly row: number;
  readonly first: boolean;
  readonly cards: readonly BoardRecord[];
  readonly markers: readonly BoardRecord[];
  /** Changes when moments on cards, roles or spans change. */
  readonly edition: string;
  readonly prompt: string;
  span(card: BoardRecord): number;
  moments(id: ID): number;
  mayEdit(card: BoardRecord): boolean;
}

export interface CellNode {
  readonly el: HTMLElement;
  update(state: CellState): void;
  /** Leaves room at the top for cards that span over this cell. */
  room(height: number): void;
  readonly cards: ReadonlyMap<ID, CardNode>;
}

export function laneName(lane: BoardRecord): string {
  const type = textField(lane, "type");
  return (
    textField(lane, "title") || ((w().lane as Readonly<Record<string, string>>)[type] ?? w().lane.custom)
  );
}

export function stepName(step: BoardRecord, index: number): string {
  return textField(step, "title") || w().map.stepNumber(index + 1);
}

export function mountCell(nodes: Map<string, HTMLElement>): CellNode {
  const node = el("div", "cell", { role: "gridcell", tabindex: -1 });
  const list = el("div", "cards", { role: "listbox", "aria-multiselectable": "true" });
  const hint = el("div", "prompt", { "aria-hidden": "true" });
  const gapAbove = el("div", "room", { "aria-hidden": "true" });
  const cards = new Map<ID, CardNode>();
  const markers = new Map<ID, MarkerNode>();
  let known: CellState | undefined;
  let drawnIn = "";
  let height = 0;

  const draw = (state: CellState): void => {
    const kind: LaneKind = laneKind(textField(state.lane, "type"));
    const gone = new Set(cards.keys());
    const inside: Element[] = [];
    for (const record of state.cards) {
      gone.delete(record.id);
      let card = cards.get(record.id);
      if (card === undefined) {
        card = mountCard(record.id);
        cards.set(record.id, card);
        nodes.set(record.id, card.el);
      }
      card.update({
        record,
        kind,
        span: state.span(record),
        moments: state.moments(record.id),
        mayEdit: state.mayEdit(record),
      });
      inside.push(card.el);
    }
    for (const id of gone) {
      if (nodes.get(id) === cards.get(id)?.el) nodes.delete(id);
      cards.delete(id);
    }
    arrange(list, inside);

    const goneMarkers = new Set(markers.keys());
    const flow: Element[] = [];
    const over: Element[] = [];
    for (const record of state.markers) {
      goneMarkers.delete(record.id);
      let marker = markers.get(record.id);
      if (marker === undefined) {
        marker = mountMarker(record);
        markers.set(record.id, marker);
        nodes.set(record.id, marker.el);
      }
      marker.update(record);
      if (inFlow(record)) flow.push(marker.el);
      else over.push(marker.el);
      if (textField(record, "type") === "break") over.push(breakLine());
    }
    for (const id of goneMarkers) {
      nodes.delete(id);
      markers.delete(id);
    }
    const parts: Element[] = [];
    if (height > 0) parts.push(gapAbove);
    parts.push(...flow);
    if (inside.length > 0) parts.push(list);
    if (state.prompt !== "" && inside.length === 0 && flow.length === 0) {
      hint.textContent = state.prompt;
      parts.push(hint);
    }
    parts.push(...over);
    const plus = node.querySelector(":scope > .addcard");
    const slot = node.querySelector(":scope > .slot");
    if (slot !== null && inside.length === 0) parts.push(slot);
    if (plus !== null) parts.push(plus);
    arrange(node, parts);

    const name = w().map.cell(laneName(state.lane), stepName(state.step, state.index), state.cards.length);
    // The words of the name stand in the order in which they are seen.
    const kinds = w().marker as Readonly<Record<string, string>>;
    const marked = state.markers.map((m) => kinds[textField(m, "type") || "gap"] ?? "");
    const texts = (flowing: boolean): readonly string[] =>
      state.markers.filter((m) => inFlow(m) === flowing).map((m) => textField(m, "text"));
    const said = state.cards.map((card) => hyphenable(textField(card, "text"))).filter(Boolean);
    attr(
      node,
      "aria-label",
      [name, ...marked, ...texts(true), ...said, ...texts(false)].filter(Boolean).join(", "),
    );
    attr(list, "aria-label", w().map.cardsIn(laneName(state.lane), stepName(state.step, state.index)));
    attr(node, "aria-colindex", state.index + 2);
    attr(node, "data-lane", state.lane.id);
    attr(node, "data-step", state.step.id);
    attr(node, "data-row", state.row);
    attr(node, "data-col", state.index + 1);
    node.classList.toggle("f", state.first);
  };

  return {
    el: node,
    cards,
    update(state) {
      const before = known;
      const same =
        before !== undefined &&
        drawnIn === lang.value &&
        before.lane === state.lane &&
        before.step === state.step &&
        before.index === state.index &&
        before.row === state.row &&
        before.first === state.first &&
        before.cards === state.cards &&
        before.edition === state.edition &&
        before.prompt === state.prompt &&
        sameList(before.markers, state.markers);
      if (same) return;
      known = state;
      drawnIn = lang.value;
      draw(state);
    },
    room(next) {
      gapAbove.style.height = `${next}px`;
      if (next > 0 === height > 0) {
        height = next;
        return;
      }
      height = next;
      if (known !== undefined) draw(known);
    },
  };
}

function sameList(a: readonly BoardRecord[], b: readonly BoardRecord[]): boolean {
  return a === b || (a.length === b.length && a.every((record, i) => record === b[i]));
}
