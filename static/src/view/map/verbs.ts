// What a hand can do to the map. Every gesture, key and menu item ends here, and each becomes ops.
import type { Op } from "../../board/op.ts";
import {
  type BoardRecord,
  emotionID,
  type Fields,
  type ID,
  numberField,
  textField,
} from "../../board/record.ts";
import { toast } from "../notices.ts";
import { w } from "../words/index.ts";
import { FeelingWords } from "./feeling.ts";
import { cardsIn, emotionOps, retold } from "./journey.ts";
import { laneKind } from "./lane-kind.ts";
import { laneName, nameOf, stepName } from "./name.ts";
import type { MapView } from "./view.ts";

export type Side = "left" | "right" | "up" | "down";

/** Whether cards can lie in a lane. */
export function holdsCards(lane: BoardRecord | undefined): boolean {
  if (lane === undefined) return false;
  const { look } = laneKind(textField(lane, "type"));
  return look !== "curve" && look !== "line";
}

export class Verbs {
  readonly #words = new FeelingWords();
  /** What is being drawn is one's own doing. */
  acting = false;
  readonly #view: MapView;

  constructor(view: MapView) {
    this.#view = view;
  }

  /** Asks for ops as one gesture and draws the result at once. */
  propose(ops: readonly Op[], label = ""): boolean {
    if (ops.length === 0) return false;
    return this.#act(() => this.#view.replica.propose(ops, label));
  }

  /** Does something and draws what it did as one's own doing. */
  #act<T>(what: () => T): T {
    this.acting = true;
    try {
      const outcome = what();
      this.#view.update();
      return outcome;
    } finally {
      this.acting = false;
    }
  }

  addCard(lane: ID, step: ID, fields: Fields = {}, after?: ID | ""): ID | undefined {
    const id = this.#view.replica.newID("card");
    const op: Op = { type: "addCard", id, lane, step, fields, ...(after === undefined ? {} : { after }) };
    return this.propose([op], w().map.addCard) ? id : undefined;
  }

  addSticky(x: number, y: number): ID | undefined {
    const id = this.#view.replica.newID("sticky");
    return this.propose([this.stickyOp(id, x, y)], w().sticky.add) ? id : undefined;
  }

  /** A sticky with its upper left corner at a point of the board, held by the edge of the map it lies beyond. */
  stickyOp(id: ID, x: number, y: number, text = ""): Op {
    const { width, height } = this.#view.geometry;
    const anchor = y >= height ? "below" : x >= width ? "right" : "map";
    const fields = {
      x: Math.round((x - (anchor === "right" ? width : 0)) * 10),
      y: Math.round((y - (anchor === "below" ? height : 0)) * 10),
      w: 1600,
      h: 1200,
      color: "sun",
      ...(text === "" ? {} : { text }),
      ...(anchor === "map" ? {} : { anchor }),
    };
    return { type: "add", id, fields };
  }

  /** Moves cards into a cell behind a card ("" first, undefined last), keeping their order. */
  placeCards(ids: readonly ID[], lane: ID | "", step: ID | "", after?: ID | ""): boolean {
    const ops: Op[] = [];
    let behind = after;
    for (const id of ids) {
      ops.push({ type: "moveCard", id, lane, step, ...(behind === undefined ? {} : { after: behind }) });
      if (behind !== undefined) behind = id;
    }
    return this.propose(ops, w().menu.moveTo);
  }

  /** The lane and step beside a card, over lanes that hold no cards. */
  neighbour(card: BoardRecord, side: Side): { lane: ID; step: ID } | undefined {
    const { journey } = this.#view;
    const at = journey.stepAt.get(textField(card, "step") as ID);
    const row = journey.lanes.findIndex((lane) => lane.id === textField(card, "lane"));
    if (at === undefined || row < 0) return undefined;
    if (side === "left" || side === "right") {
      const step = journey.steps[at.index + (side === "left" ? -1 : 1)];
      return step && { lane: textField(card, "lane") as ID, step: step.record.id };
    }
    const way = side === "up" ? -1 : 1;
    for (let i = row + way; i >= 0 && i < journey.lanes.length; i += way) {
      const lane = journey.lanes[i];
      if (holdsCards(lane)) return { lane: (lane as BoardRecord).id, step: at.record.id };
    }
    return undefined;
  }

  moveCard(id: ID, side: Side): boolean {
    const card = this.#view.record(id);
    const to = card && this.neighbour(card, side);
    if (card === undefined || to === undefined) return false;
    const moved = this.placeCards([id], to.lane, to.step);
    if (moved) this.#view.say(this.placeName(card, to.lane, to.step));
    return moved;
  }

  placeName(card: BoardRecord, lane: ID, step: ID): string {
    const at = this.#view.journey.stepAt.get(step);
    const there = this.#view.record(lane);
    if (at === undefined || there === undefined) return w().notice.toTray(nameOf(card));
    return w().notice.moved(nameOf(card), laneName(there), stepName(at.record, at.index));
  }

  /** Moves a card up (-1) or down (1) among those of its cell. */
  reorderCard(id: ID, way: -1 | 1): boolean {
    const card = this.#view.record(id);
    if (card === undefined) return false;
    const lane = textField(card, "lane") as ID;
    const step = textField(card, "step") as ID;
    const cards = cardsIn(this.#view.journey, lane, step);
    const to = this.#behind(cards, id, way);
    if (to === undefined || !this.placeCards([id], lane, step, to)) return false;
    return this.#sayPlace(id, cardsIn(this.#view.journey, lane, step));
  }

  /** The sibling to stand behind after moving one place; undefined where there is no such place. */
  #behind(siblings: readonly BoardRecord[], id: ID, way: -1 | 1): ID | "" | undefined {
    const i = siblings.findIndex((one) => one.id === id);
    const next = i + way;
    if (i < 0 || next < 0 || next >= siblings.length) return undefined;
    if (way === 1) return siblings[next]?.id;
    return siblings[next - 1]?.id ?? "";
  }

  /** Says where among its siblings something stands now. */
  #sayPlace(id: ID, siblings: readonly BoardRecord[]): true {
    const i = siblings.findIndex((one) => one.id === id);
    const record = siblings[i];
    if (record !== undefined) this.#view.say(w().notice.placed(nameOf(record), i + 1, siblings.length));
    return true;
  }

  span(id: ID, span: number): boolean {
    const card = this.#view.record(id);
    const at = this.#view.journey.stepAt.get(textField(card, "step") as ID);
    if (card === undefined || at === undefined) return false;
    const next = Math.max(1, Math.min(span, this.#view.journey.steps.length - at.index));
    if (next === numberField(card, "span", 1)) return false;
    if (!this.set(id, { span: next === 1 ? null : next })) return false;
    this.#view.say(w().notice.spans(nameOf(card), next));
    return true;
  }

  set(id: ID, fields: { readonly [field: string]: string | number | boolean | null }): boolean {
    return this.propose([{ type: "set", id, fields }]);
  }

  setAll(ids: Iterable<ID>, fields: { readonly [field: string]: string | number | boolean | null }): boolean {
    return this.propose([...ids].map((id) => ({ type: "set", id, fields })));
  }

  /** Deletes, and offers to bring it back. */
  remove(ids: readonly ID[]): boolean {
    const records = ids.map((id) => this.#view.record(id)).filter((r) => r !== undefined);
    const mine = records.filter((record) => this.#view.rights.edit(record));
    if (mine.length === 0) {
      if (records.length > 0) this.#view.sayWhyNot();
      return false;
    }
    const first = mine[0] as BoardRecord;
    const said = mine.length === 1 ? w().deleted.one(nameOf(first)) : w().deleted.many(mine.length);
    const gone = mine.map((record) => record.id);
    const taken = this.propose(
      gone.map((id) => ({ type: "delete", id })),
      w().menu.delete,
    );
    if (!taken) return false;
    const { gesture } = this.#view.replica;
    toast(said, {
      action: w().deleted.undo,
      run: () => this.undo(gesture),
      stale: () => gone.every((id) => this.#view.record(id) !== undefined),
    });
    return true;
  }

  addStep(beside: ID, where: "before" | "after"): ID | undefined {
    const at = this.#view.journey.stepAt.get(beside);
    if (at === undefined) return undefined;
    const siblings = this.#view.replica.board.children("step", at.phase.id);
    const i = siblings.findIndex((step) => step.id === beside);
    const after = where === "after" ? beside : (siblings[i - 1]?.id ?? "");
    const id = this.#view.replica.newID("step");
    return this.propose([{ type: "addStep", id, phase: at.phase.id, after }], w().map.addStep)
      ? id
      : undefined;
  }

  /** A step at the end of the map. */
  appendStep(): ID | undefined {
    const last = this.#view.journey.steps.at(-1);
    return last === undefined ? this.addPhase() : this.addStep(last.record.id, "after");
  }

  addPhase(after?: ID): ID | undefined {
    const id = this.#view.replica.newID("phase");
    const step = this.#view.replica.newID("step");
    const op: Op = { type: "addPhase", id, step, ...(after === undefined ? {} : { after }) };
    return this.propose([op], w().map.addPhase) ? id : undefined;
  }

  addLane(type: string, after?: ID): ID | undefined {
    const id = this.#view.replica.newID("lane");
    const op: Op = { type: "add", id, fields: { type }, ...(after === undefined ? {} : { after }) };
    return this.propose([op], w().map.addLane) ? id : undefined;
  }

  /** Moves a step one place, over the border of its phase where it stands at one. */
  moveStep(id: ID, way: -1 | 1): boolean {
    const { journey, replica } = this.#view;
    const at = journey.stepAt.get(id);
    if (at === undefined) return false;
    const siblings = replica.board.children("step", at.phase.id);
    const within = this.#behind(siblings, id, way);
    if (within !== undefined) return this.stepInto(id, at.phase.id, within);
    const p = journey.phases.findIndex((phase) => phase.record.id === at.phase.id);
    const phase = journey.phases[p + way];
    if (phase === undefined) return false;
    return this.stepInto(id, phase.record.id, way === 1 ? "" : undefined);
  }

  stepInto(id: ID, phase: ID, after?: ID | ""): boolean {
    const op: Op = { type: "moveStep", id, phase, ...(after === undefined ? {} : { after }) };
    if (!this.propose([op], w().menu.moveTo)) return false;
    return this.#sayPlace(
      id,
      this.#view.journey.steps.map((step) => step.record),
    );
  }

  movePhase(id: ID, way: -1 | 1): boolean {
    const after = this.#behind(this.#view.replica.board.ofKind("phase"), id, way);
    return after !== undefined && this.phaseAfter(id, after);
  }

  phaseAfter(id: ID, after: ID | ""): boolean {
    if (!this.propose([{ type: "movePhase", id, after }], w().menu.moveTo)) return false;
    return this.#sayPlace(id, this.#view.replica.board.ofKind("phase"));
  }

  moveLane(id: ID, way: -1 | 1): boolean {
    const after = this.#behind(this.#view.journey.allLanes, id, way);
    return after !== undefined && this.laneAfter(id, after);
  }

  laneAfter(id: ID, after: ID | ""): boolean {
    if (!this.propose([{ type: "moveLane", id, after }], w().menu.moveTo)) return false;
    return this.#sayPlace(id, this.#view.journey.allLanes);
  }

  /** Sets the emotion of a step; the first one takes a persona along where there is none. */
  setEmotion(step: ID, fields: { value?: number; word?: string; because?: string; tier?: string }): boolean {
    const persona = this.#view.journey.persona?.id ?? this.addPersona();
    if (persona === undefined) {
      toast(w().emotion.needsPersona);
      return false;
    }
    const { board } = this.#view.replica;
    const known = board.record(emotionID(step, persona));
    const word = fields.value === undefined ? undefined : this.#words.next(known, fields.value);
    return this.propose(emotionOps(board, step, persona, fields, word), w().lane.emotions);
  }

  /** Gives an emotion one of the words of its face. */
  emotionWord(id: ID, word: string): boolean {
    return this.propose([retold(this.#view.replica.board, id, "word", word)], w().lane.emotions);
  }

  addPersona(): ID | undefined {
    const id = this.#view.replica.newID("persona");
    const fields = { name: w().persona.newName, color: "apricot" };
    return this.propose([{ type: "add", id, fields }], w().persona.add) ? id : undefined;
  }

  addMarker(type: string, step: ID, lane: ID | undefined): ID | undefined {
    const id = this.#view.replica.newID("marker");
    const fields = {
      type,
      step,
      ...(type === "break" ? { edge: "after" } : {}),
      ...(lane === undefined ? {} : { lane }),
    };
    return this.propose([{ type: "add", id, fields }], w().menu.add) ? id : undefined;
  }

  addMoment(target: ID): ID | undefined {
    const id = this.#view.replica.newID("moment");
    const step = this.#view.journey.stepAt.get(target);
    const persona = this.#view.journey.persona;
    const value =
      step === undefined || persona === undefined
        ? 0
        : numberField(this.#view.replica.board.live(emotionID(target, persona.id)), "value");
    const record = this.#view.record(target);
    const title = textField(record, "title") || textField(record, "text").slice(0, 200).replaceAll("\n", " ");
    const fields = { target, title, importance: 1, ...(value > 0 ? { polarity: "positive" } : {}) };
    return this.propose([{ type: "add", id, fields }], w().moment.mark) ? id : undefined;
  }

  moveSticky(ids: readonly ID[], dx: number, dy: number): boolean {
    const ops: Op[] = [];
    for (const id of ids) {
      const record = this.#view.record(id);
      if (record?.kind !== "sticky") continue;
      const { x, y, anchor } = this.#anchored(record, dx, dy);
      ops.push({ type: "set", id, fields: { x, y, anchor } });
    }
    return this.propose(ops, w().sticky.one);
  }

  /** Where a sticky ends after a move, from the edge it then belongs to. */
  #anchored(record: BoardRecord, dx: number, dy: number): { x: number; y: number; anchor: string | null } {
    const { width, height } = this.#view.geometry;
    const before = textField(record, "anchor");
    const x = numberField(record, "x") / 10 + (before === "right" ? width : 0) + dx;
    const y = numberField(record, "y") / 10 + (before === "below" ? height : 0) + dy;
    const anchor = y >= height ? "below" : x >= width ? "right" : null;
    return {
      x: Math.round((x - (anchor === "right" ? width : 0)) * 10),
      y: Math.round((y - (anchor === "below" ? height : 0)) * 10),
      anchor,
    };
  }

  resizeSticky(id: ID, width: number, height: number): boolean {
    const clamp = (v: number): number => Math.max(400, Math.min(20000, Math.round(v * 10)));
    return this.set(id, { w: clamp(width), h: clamp(height) });
  }

  /** Puts the board into the trash, or takes it out. */
  trash(on: boolean): boolean {
    const title = textField(this.#view.journey.map, "title") || w().map.untitled;
    if (!this.propose([{ type: on ? "trash" : "untrash" }])) return false;
    if (on) toast(w().home.trashed(title), { action: w().deleted.undo, run: () => this.trash(false) });
    return true;
  }

  lock(id: ID, on: boolean): boolean {
    return this.propose([{ type: on ? "lock" : "unlock", target: id }]);
  }

  /** Takes back the newest own gesture, or the one that is named. */
  undo(gesture?: number): void {
    const { replica } = this.#view;
    const outcome = this.#act(() => (gesture === undefined ? replica.undo() : replica.undoGesture(gesture)));
    if (outcome === "nothing") toast(w().notice.nothingToUndo);
    else if (outcome === "partly") toast(w().notice.kept);
    else this.#view.say(w().notice.undone);
  }

  redo(): void {
    const outcome = this.#act(() => this.#view.replica.redo());
    if (outcome === "nothing") toast(w().notice.nothingToRedo);
    else if (outcome === "partly") toast(w().notice.kept);
    else this.#view.say(w().notice.redone);
  }
}
