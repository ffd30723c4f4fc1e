// A board as the map draws it: ordered phases, steps and lanes, cards by cell, what stands beside the map.
import type { Board } from "../../board/board.ts";
import type { Op, OpOf } from "../../board/op.ts";
import {
  type BoardRecord,
  emotionID,
  type ID,
  numberField,
  type Seq,
  textField,
} from "../../board/record.ts";
import { diffText } from "../../board/text.ts";

export interface Step {
  readonly record: BoardRecord;
  readonly phase: BoardRecord;
  /** Counted over all phases, from 0. */
  readonly index: number;
  /** Whether it is the first of its phase. */
  readonly first: boolean;
}

export interface Phase {
  readonly record: BoardRecord;
  readonly steps: readonly Step[];
  readonly from: number;
}

/** One reading of a board. It is made anew after each change; records that did not change are the same objects. */
export interface Journey {
  readonly board: Board;
  readonly map: BoardRecord | undefined;
  readonly personas: readonly BoardRecord[];
  readonly persona: BoardRecord | undefined;
  readonly phases: readonly Phase[];
  readonly steps: readonly Step[];
  readonly stepAt: ReadonlyMap<ID, Step>;
  /** The lanes that are shown; hidden ones are in `allLanes`. */
  readonly lanes: readonly BoardRecord[];
  readonly allLanes: readonly BoardRecord[];
  readonly tray: readonly BoardRecord[];
  readonly markers: readonly BoardRecord[];
  readonly moments: readonly BoardRecord[];
  readonly momentsAt: ReadonlyMap<string, readonly BoardRecord[]>;
  readonly stickies: readonly BoardRecord[];
}

/** Reads a board. `personaID` chooses whose curve is drawn; the first persona otherwise. */
export function readJourney(board: Board, personaID: ID | undefined): Journey {
  const phases: Phase[] = [];
  const steps: Step[] = [];
  const stepAt = new Map<ID, Step>();
  for (const record of board.ofKind("phase")) {
    const from = steps.length;
    for (const [i, step] of board.children("step", record.id).entries()) {
      const at: Step = { record: step, phase: record, index: steps.length, first: i === 0 };
      steps.push(at);
      stepAt.set(step.id, at);
    }
    phases.push({ record, steps: steps.slice(from), from });
  }
  const allLanes = board.ofKind("lane");
  const personas = board.ofKind("persona");
  const momentsAt = new Map<string, BoardRecord[]>();
  const moments = board.ofKind("moment");
  for (const moment of moments) {
    const target = textField(moment, "target");
    const there = momentsAt.get(target);
    if (there === undefined) momentsAt.set(target, [moment]);
    else there.push(moment);
  }
  return {
    board,
    map: board.ofKind("map")[0],
    personas,
    persona: personas.find((p) => p.id === personaID) ?? personas[0],
    phases,
    steps,
    stepAt,
    lanes: allLanes.filter((lane) => lane.fields.hidden !== true),
    allLanes,
    tray: board.children("card", "", ""),
    markers: board.ofKind("marker"),
    moments,
    momentsAt,
    stickies: board.ofKind("sticky"),
  };
}

/** The cards of a cell in their order. */
export function cardsIn(journey: Journey, lane: ID, step: ID): readonly BoardRecord[] {
  return journey.board.children("card", lane, step);
}

/** How many steps a card spans, cut to the steps there are. */
export function spanOf(journey: Journey, card: BoardRecord): number {
  const span = numberField(card, "span", 1);
  const step = journey.stepAt.get(textField(card, "step") as ID);
  return step === undefined ? 1 : Math.max(1, Math.min(span, journey.steps.length - step.index));
}

/** The emotion of a step for the persona that is shown. */
export function emotionOf(journey: Journey, step: ID, persona = journey.persona): BoardRecord | undefined {
  if (persona === undefined) return undefined;
  const suffix = (id: string): string => id.slice(id.indexOf("-") + 1);
  return journey.board.live(`emotion-${suffix(step)}-${suffix(persona.id)}` as ID);
}

/** The value of a step's emotion for a persona; undefined where none is set. */
export function emotionValue(journey: Journey, step: ID, persona = journey.persona): number | undefined {
  const record = emotionOf(journey, step, persona);
  return record === undefined ? undefined : numberField(record, "value");
}

/** Where a card or moment stands, in words a reader can find: its step, or undefined in the tray. */
export function stepOf(journey: Journey, record: BoardRecord): Step | undefined {
  const target = record.kind === "moment" ? textField(record, "target") : record.id;
  const at = journey.stepAt.get(target as ID);
  if (at !== undefined) return at;
  const card = journey.board.live(target as ID);
  return journey.stepAt.get(textField(card, "step") as ID);
}

/** What a record cannot be restored without. */
export function parentOf(board: Board, record: BoardRecord): BoardRecord | undefined {
  const field = record.kind === "step" ? "phase" : record.kind === "marker" ? "step" : "";
  return board.record(textField(record, field) as ID);
}

/** Everything deleted that can be restored, the newest first, without what comes back with its parent. */
export function deletedOf(board: Board): readonly BoardRecord[] {
  const kinds = new Set(["card", "step", "phase", "lane", "persona", "marker", "moment", "sticky"]);
  return [...board.all()]
    .filter((record) => record.deleted !== undefined && kinds.has(record.kind) && !blank(record))
    .filter((record) => parentOf(board, record)?.deleted?.seq !== record.deleted?.seq)
    .sort((a, b) => (b.deleted?.seq ?? 0) - (a.deleted?.seq ?? 0));
}

/** Whether a card says nothing: it was begun and left. */
function blank(record: BoardRecord): boolean {
  const { lane: _l, step: _s, rank: _r, text, ...more } = record.fields;
  return record.kind === "card" && !text && Object.keys(more).length === 0;
}

/** The ops that restore a record, and first what it belongs to. */
export function restoreOps(board: Board, record: BoardRecord): readonly Op[] {
  const parent = parentOf(board, record);
  const before = parent?.deleted === undefined ? [] : restoreOps(board, parent);
  return [...before, { type: "restore", id: record.id }];
}

/** The ops that set an emotion, bringing a cleared one back first; word is what it says from then on. */
export function emotionOps(
  board: Board,
  step: ID,
  persona: ID,
  fields: Omit<OpOf<"setEmotion">, "type" | "step" | "persona">,
  word?: string,
): readonly Op[] {
  const id = emotionID(step, persona);
  return [
    ...(board.record(id)?.deleted === undefined ? [] : [{ type: "restore", id } as const]),
    { type: "setEmotion", step, persona, ...fields },
    ...(word === undefined ? [] : [retold(board, id, "word", word)]),
  ];
}

/** The op that makes a text say something else. */
export function retold(board: Board, id: ID, field: string, next: string): Op {
  const delta = diffText(textField(board.record(id), field), next);
  return { type: "text", id, field, base: 0 as Seq, delta }; // the replica knows the base
}
