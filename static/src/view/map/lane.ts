// One lane: its head and its cells; cards that span several steps.
import { type BoardRecord, type ID, textField } from "../../board/record.ts";
import { arrange, attr, el, icon, style, text } from "../dom.ts";
import { w } from "../words/index.ts";
import { type CellNode, mountCell } from "./cell.ts";
import { type EmotionNode, mountEmotion } from "./emotion.ts";
import { cardsIn, type Journey, spanOf } from "./journey.ts";
import { laneKind } from "./lane-kind.ts";
import { menuButton } from "./menu-button.ts";
import { laneName } from "./name.ts";
import { Spans } from "./span.ts";

export interface LaneState {
  readonly journey: Journey;
  readonly lane: BoardRecord;
  readonly row: number;
  readonly width: number;
  readonly edition: string;
  /** Only cells near the window hold their cards. */
  readonly windowed: boolean;
  /** Nothing is on the map yet, and this is where to begin. */
  readonly first: boolean;
  mayEdit(card: BoardRecord): boolean;
  markersAt(step: ID): readonly BoardRecord[];
}

export interface LaneNode {
  readonly el: HTMLElement;
  readonly head: HTMLElement;
  readonly emotion: EmotionNode | undefined;
  update(state: LaneState): void;
  cell(step: ID): HTMLElement | undefined;
  readonly cells: ReadonlyMap<ID, CellNode>;
  /** Shows a card as wide as it is dragged; undefined lets go. */
  holdSpan(card: ID, span: number | undefined): void;
  close(): void;
}

export function mountLane(lane: BoardRecord, nodes: Map<string, HTMLElement>): LaneNode {
  const kind = laneKind(textField(lane, "type"));
  const words = el("span", "txt");
  const head = el("div", "lh", { role: "rowheader", tabindex: -1, "data-id": lane.id, "data-kind": "lane" });
  const menu = menuButton(lane.id);
  head.append(icon(kind.icon, "m"), words, menu);
  const node = el("div", "lane", { role: "row" }, head);
  const emotion = kind.look === "curve" ? mountEmotion(nodes) : undefined;
  const cells = new Map<ID, CellNode>();
  const spans = new Spans((step) => cells.get(step));

  const updateCells = (state: LaneState): void => {
    const { journey } = state;
    const gone = new Set(cells.keys());
    const order: HTMLElement[] = [];
    const prompts = w().prompt as Readonly<Record<string, string>>;
    const empty = journey.steps.every((step) => cardsIn(journey, state.lane.id, step.record.id).length === 0);
    for (const step of journey.steps) {
      const id = step.record.id;
      gone.delete(id);
      let cell = cells.get(id);
      if (cell === undefined) {
        const wide = cardsIn(journey, state.lane.id, id).some((card) => spanOf(journey, card) > 1);
        cell = mountCell(nodes, !state.windowed || wide);
        cells.set(id, cell);
      }
      const markers = state.markersAt(id);
      cell.update({
        lane: state.lane,
        step: step.record,
        index: step.index,
        row: state.row,
        first: step.first,
        width: state.width,
        cards: cardsIn(journey, state.lane.id, id),
        markers,
        edition: state.edition,
        prompt:
          step.index > 0 || !empty
            ? ""
            : state.first
              ? w().map.firstHint
              : (prompts[textField(state.lane, "type")] ?? prompts.custom ?? ""),
        span: (card) => spanOf(journey, card),
        moments: (card) => journey.momentsAt.get(card)?.length ?? 0,
        mayEdit: state.mayEdit,
      });
      cell.el.classList.toggle("pulse", state.first && step.index === 0);
      order.push(cell.el);
    }
    for (const id of gone) {
      cells.get(id)?.mount(false);
      cells.delete(id);
    }
    arrange(node, [head, ...order]);
    spans.update(journey, state.lane.id);
  };

  return {
    el: node,
    head,
    emotion,
    update(state) {
      const type = textField(state.lane, "type");
      const shape = kind.look === "curve" ? "emo" : kind.look === "line" ? "separator" : "";
      const chips = kind.look === "chip" || kind.look === "dept" ? "chips" : "";
      node.className = ["lane", kind.tint, shape, chips].filter(Boolean).join(" ");
      attr(node, "data-type", type);
      attr(node, "aria-rowindex", state.row + 1);
      text(words, laneName(state.lane));
      words.lang = document.documentElement.lang;
      attr(head, "aria-label", w().map.lane(laneName(state.lane)));
      attr(head, "data-row", state.row);
      attr(head, "data-col", 0);
      attr(head, "aria-colindex", 1);
      attr(menu, "aria-label", w().menu.of(laneName(state.lane)));
      if (emotion === undefined) updateCells(state);
      else {
        emotion.update(state.journey, state.lane, state.row, state.width);
        arrange(node, [head, emotion.mid, emotion.curve, ...emotion.cells()] as Element[]);
        for (const [i, cell] of emotion.cells().entries()) style(cell, "grid-area", `1 / ${i + 2}`);
        style(head, "grid-area", "1 / 1");
      }
    },
    cells,
    cell(step) {
      return emotion === undefined ? cells.get(step)?.el : emotion.cell(step);
    },
    holdSpan: (card, span) => spans.hold(card, span),
    close() {
      for (const cell of cells.values()) cell.mount(false);
      spans.close();
    },
  };
}
