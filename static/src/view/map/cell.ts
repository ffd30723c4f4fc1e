// One cell: the crossing of a lane and a step, with its cards and what marks it.
import type { BoardRecord, ID } from "../../board/record.ts";
import { numberField, textField } from "../../board/record.ts";
import { arrange, attr, el, style } from "../dom.ts";
import { lang, w } from "../words/index.ts";
import { type CardNode, mountCard } from "./card.ts";
import { type LaneKind, laneKind } from "./lane-kind.ts";
import { breakLine, inFlow, type MarkerNode, mountMarker } from "./marker.ts";
import { stackOf } from "./metrics.ts";
import { laneName, stepName } from "./name.ts";

export interface CellState {
  readonly lane: BoardRecord;
  readonly step: BoardRecord;
  readonly index: number;
  readonly row: number;
  readonly first: boolean;
  /** The width of a step. */
  readonly width: number;
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
  /** Whether its cards are in the page. */
  readonly mounted: boolean;
  /** Puts its cards in the page or takes them out; the cell keeps its height. Returns how many cards that were. */
  mount(on: boolean): number;
  /** Remembers how high its cards are, before they go. */
  measure(): void;
  /** Whether its cards have to stay: one has the focus, is written in, or spans further cells. */
  pinned(): boolean;
  readonly cards: ReadonlyMap<ID, CardNode>;
}

export function mountCell(nodes: Map<string, HTMLElement>, withCards = true): CellNode {
  const node = el("div", "cell", { role: "gridcell", tabindex: -1 });
  const list = el("div", "cards");
  const hint = el("div", "prompt", { "aria-hidden": "true" });
  const gapAbove = el("div", "room", { "aria-hidden": "true" });
  const cards = new Map<ID, CardNode>();
  const markers = new Map<ID, MarkerNode>();
  let known: CellState | undefined;
  let drawnIn = "";
  let height = 0;
  let mounted = withCards;
  let measured: { readonly cards: readonly BoardRecord[]; readonly height: number } | undefined;

  /** Room for cards that are not in the page. */
  const placeholder = (state: CellState, kind: LaneKind): void => {
    const stack = stackOf(state.cards, kind, state.width);
    const known = measured?.cards === state.cards ? measured.height : stack.height;
    style(list, "height", mounted ? "" : `${known}px`);
  };

  const draw = (state: CellState): void => {
    const kind: LaneKind = laneKind(textField(state.lane, "type"));
    const gone = new Set(cards.keys());
    const inside: Element[] = [];
    for (const record of mounted ? state.cards : []) {
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
    placeholder(state, kind);

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
    const some = state.cards.length > 0;
    if (some) parts.push(list);
    const prompt = some || flow.length > 0 ? "" : state.prompt;
    if (prompt !== "") {
      hint.textContent = prompt;
      parts.push(hint);
    }
    parts.push(...over);
    const plus = node.querySelector(":scope > .addcard");
    const slot = node.querySelector(":scope > .slot");
    if (slot !== null && !some) parts.push(slot);
    if (plus !== null) parts.push(plus);
    arrange(node, parts);

    const name = w().map.cell(laneName(state.lane), stepName(state.step, state.index), state.cards.length);
    // The words of the name stand in the order in which they are seen.
    const kinds = w().marker as Readonly<Record<string, string>>;
    const marked = state.markers.map((m) => kinds[textField(m, "type") || "gap"] ?? "");
    const texts = (flowing: boolean): readonly string[] =>
      state.markers.filter((m) => inFlow(m) === flowing).map((m) => textField(m, "text"));
    const said = state.cards.map((card) => textField(card, "text")).filter(Boolean);
    attr(
      node,
      "aria-label",
      [name, prompt, ...marked, ...texts(true), ...said, ...texts(false)].filter(Boolean).join(", "),
    );
    attr(list, "role", mounted ? "listbox" : undefined);
    attr(list, "aria-multiselectable", mounted ? "true" : undefined);
    attr(
      list,
      "aria-label",
      !mounted ? undefined : w().map.cardsIn(laneName(state.lane), stepName(state.step, state.index)),
    );
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
    get mounted() {
      return mounted;
    },
    mount(on) {
      if (on === mounted) return 0;
      mounted = on;
      if (known === undefined || known.cards.length === 0) return 0;
      draw(known);
      return known.cards.length;
    },
    measure() {
      if (known !== undefined && mounted) measured = { cards: known.cards, height: list.offsetHeight };
    },
    pinned() {
      if (node.contains(document.activeElement) || list.querySelector(".editing, .lifted, .slot") !== null)
        return true;
      return known?.cards.some((card) => numberField(card, "span", 1) > 1) === true;
    },
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
        before.width === state.width &&
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
