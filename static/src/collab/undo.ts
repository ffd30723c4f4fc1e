// Undo and redo of the own gestures. History is never rewritten: undoing asks for new ops, worked out against what is
// there now, and only for what is still as the own hand left it.
import type { Board } from "../board/board.ts";
import { bare, type Change } from "../board/change.ts";
import { type Json, sameJson } from "../board/codec.ts";
import type { Op } from "../board/op.ts";
import { type BoardRecord, emotionID, type ID, textField } from "../board/record.ts";
import { parentFields } from "../board/schema.ts";
import { applyDelta, composeDelta, type Delta, invertDelta, transformDelta } from "../board/text.ts";
import type { Gesture, OpStep, TextStep } from "./gesture.ts";

/** Typing that goes on within this time is one step. */
const typingPause = 1_500;
const mostGestures = 200;

/** One thing to ask for in order to take back a step. */
export type Inverse =
  | { readonly type: "op"; readonly op: Op }
  | { readonly type: "text"; readonly id: ID; readonly field: string; readonly delta: Delta };

export type Direction = "undo" | "redo";

/** A gesture that was taken back, and whether all of it was. */
export interface Taken {
  readonly label: string;
  readonly whole: boolean;
}

/** A text field of a record. */
export interface Field {
  readonly id: ID;
  readonly field: string;
}

export class UndoHistory {
  readonly #stacks: { readonly undo: Gesture[]; readonly redo: Gesture[] } = { undo: [], redo: [] };
  /** How many changes by others have been noticed, and which of them was the last to each record. */
  #noticed = 0;
  readonly #touched = new Map<ID, number>();
  readonly #me: () => ID;
  #lastID = 0;

  constructor(me: () => ID) {
    this.#me = me;
  }

  /** Begins a gesture and returns its number. onto says where it goes when it is itself an undo or a redo. */
  begin(label: string, at: number, onto: Direction | "new"): number {
    if (onto === "new") this.#stacks.redo.length = 0;
    const stack = onto === "undo" ? this.#stacks.redo : this.#stacks.undo;
    const last = stack.at(-1);
    if (last !== undefined) last.growing = false;
    this.#lastID++;
    stack.push({ id: this.#lastID, label, steps: [], at, growing: false });
    if (stack.length > mostGestures) stack.shift();
    return this.#lastID;
  }

  /** Drops a gesture in which nothing was done. */
  endEmpty(id: number): void {
    for (const stack of [this.#stacks.undo, this.#stacks.redo]) {
      const at = stack.findIndex((g) => g.id === id && g.steps.length === 0);
      if (at >= 0) stack.splice(at, 1);
    }
  }

  /** Typing: adds to the last gesture if that is typing in the same field just before, else begins one. */
  beginTyping(id: ID, field: string, at: number): number {
    const last = this.#stacks.undo.at(-1);
    const step = last?.steps[0];
    if (
      last?.growing &&
      this.#stacks.redo.length === 0 &&
      at - last.at < typingPause &&
      step?.type === "text" &&
      step.id === id &&
      step.field === field
    ) {
      last.at = at;
      return last.id;
    }
    const gesture = this.begin("", at, "new");
    const begun = this.#find(gesture);
    if (begun !== undefined) begun.growing = true;
    return gesture;
  }

  /** The next typing is a gesture of its own. */
  endTyping(): void {
    const last = this.#stacks.undo.at(-1);
    if (last !== undefined) last.growing = false;
  }

  addText(gesture: number, id: ID, field: string, delta: Delta, before: string): void {
    const found = this.#find(gesture);
    const back = invertDelta(delta, before);
    if (found === undefined || back === undefined) return;
    const last = found.steps.at(-1);
    if (found.growing && last?.type === "text") last.back = composeDelta(back, last.back);
    else found.steps.push({ type: "text", id, field, back });
  }

  addOp(gesture: number, op: Op, before: BoardRecord | undefined, changes: readonly Change[]): void {
    if (!undoable.has(op.type)) return;
    this.#find(gesture)?.steps.push({ type: "op", op, before, changes, noticed: this.#noticed });
  }

  /** The own op came back from the log: what it did is now known. */
  committed(gesture: number, op: Op, changes: readonly Change[]): void {
    const step = this.#stepOf(gesture, op);
    if (step !== undefined) step.changes = changes;
  }

  /** The own op was refused: there is nothing to take back. */
  refused(gesture: number, op: Op): void {
    const found = this.#find(gesture);
    const step = this.#stepOf(gesture, op);
    if (found !== undefined && step !== undefined) found.steps.splice(found.steps.indexOf(step), 1);
    this.endEmpty(gesture);
  }

  /** Somebody else changed a record. */
  foreign(id: ID): void {
    if (PLANTED === "others-not-noticed") return;
    this.#touched.set(id, ++this.#noticed);
  }

  /** A text changed, and not by the own hand: every step of this field is carried over the change. */
  carry(id: ID, field: string, delta: Delta): void {
    if (PLANTED === "undo-takes-others") return;
    for (const stack of [this.#stacks.undo, this.#stacks.redo]) this.#carryStack(stack, id, field, delta);
  }

  /** Of the typing in a text nothing can be taken back any more: what it erased would be there twice. */
  forget(id: ID, field: string): void {
    for (const step of this.#texts()) if (step.id === id && step.field === field) step.back = [];
  }

  /** The newest gesture that can be undone; 0 when there is none. */
  get newest(): number {
    return this.#stacks.undo.at(-1)?.id ?? 0;
  }

  /** Whether anything was taken back that can be done again. */
  get undone(): boolean {
    return this.#stacks.redo.length > 0;
  }

  /** The fields in which typing can be undone or redone. */
  fields(): Iterable<Field> {
    return this.#texts();
  }

  *#texts(): IterableIterator<TextStep> {
    for (const stack of [this.#stacks.undo, this.#stacks.redo]) {
      for (const gesture of stack) for (const step of gesture.steps) if (step.type === "text") yield step;
    }
  }

  /**
   * Takes the newest gesture off its stack; with a field, only if it is typing in that field. run asks for one inverse
   * and says whether it was taken; look gives the board as it then is. The answer is undefined when there is no
   * gesture, else whether all of it was taken back.
   */
  take(
    direction: Direction,
    look: () => Board,
    run: (inverse: Inverse, label: string) => boolean,
    within?: Field,
  ): Taken | undefined {
    const stack = this.#stacks[direction];
    const newest = (is: (step: TextStep) => boolean): boolean | undefined =>
      stack.at(-1)?.steps.every((step) => step.type === "text" && is(step));
    // Of typing that others have deleted since nothing is left.
    while (newest((step) => step.back.length === 0)) stack.pop();
    if (within !== undefined && !newest((step) => step.id === within.id && step.field === within.field))
      return undefined;
    const gesture = stack.pop();
    return gesture === undefined ? undefined : this.#takeBack(gesture, stack, look, run);
  }

  /** Takes one gesture back that is not the newest: one of ops alone, for typing hangs on the typing after it. */
  takeOut(
    id: number,
    look: () => Board,
    run: (inverse: Inverse, label: string) => boolean,
  ): Taken | undefined {
    const stack = this.#stacks.undo;
    const at = stack.findIndex((g) => g.id === id && g.steps.every((step) => step.type === "op"));
    const [gesture] = at < 0 ? [] : stack.splice(at, 1);
    return gesture === undefined ? undefined : this.#takeBack(gesture, stack, look, run);
  }

  #takeBack(
    gesture: Gesture,
    stack: readonly Gesture[],
    look: () => Board,
    run: (inverse: Inverse, label: string) => boolean,
  ): Taken {
    let whole = true;
    for (let step = gesture.steps.pop(); step !== undefined; step = gesture.steps.pop()) {
      if (step.type === "op") {
        const op = this.#inverse(step, look());
        if (op === undefined || !run({ type: "op", op }, gesture.label)) whole = false;
      } else if (step.back.length > 0) {
        const text = textField(look().record(step.id), step.field);
        if (!run({ type: "text", id: step.id, field: step.field, delta: step.back }, gesture.label)) {
          whole = false;
          // The text stays, so for the steps below it is as if it had come from elsewhere.
          const stays = applyDelta(text, step.back) === undefined ? [] : (invertDelta(step.back, text) ?? []);
          this.#carrySteps(gesture.steps, step.id, step.field, stays);
          this.#carryStack(stack, step.id, step.field, stays);
        }
      }
    }
    return { label: gesture.label, whole };
  }

  #find(id: number): Gesture | undefined {
    const isIt = (g: Gesture): boolean => g.id === id;
    return this.#stacks.undo.find(isIt) ?? this.#stacks.redo.find(isIt);
  }

  #stepOf(gesture: number, op: Op): OpStep | undefined {
    return this.#find(gesture)?.steps.find((step): step is OpStep => step.type === "op" && step.op === op);
  }

  #carryStack(stack: readonly Gesture[], id: ID, field: string, delta: Delta): void {
    let change = delta;
    for (let i = stack.length - 1; i >= 0 && change.length > 0; i--) {
      change = this.#carrySteps(stack[i]?.steps ?? [], id, field, change);
    }
  }

  #carrySteps(steps: readonly (TextStep | OpStep)[], id: ID, field: string, delta: Delta): Delta {
    let change = delta;
    for (let i = steps.length - 1; i >= 0; i--) {
      const step = steps[i];
      if (step?.type !== "text" || step.id !== id || step.field !== field) continue;
      const { back } = step;
      step.back = transformDelta(back, change, "right");
      change = transformDelta(change, back, "left");
    }
    return change;
  }

  /** The op that takes a step back, or undefined when others have built on it or nothing is left of it. */
  #inverse(step: OpStep, board: Board): Op | undefined {
    const { op, before } = step;
    switch (op.type) {
      case "add":
      case "addCard":
      case "addPhase":
      case "addStep":
      case "restore":
        return this.#untouched(board, op.id, step.noticed) ? { type: "delete", id: op.id } : undefined;
      case "delete":
        return board.record(op.id)?.deleted === undefined ? undefined : { type: "restore", id: op.id };
      case "set":
        return setBack(step, board, op.id);
      case "setEmotion": {
        const id = emotionID(op.step, op.persona);
        if (before !== undefined && before.deleted === undefined) return setBack(step, board, id);
        return this.#untouched(board, id, step.noticed) ? { type: "delete", id } : undefined;
      }
      case "moveCard":
      case "moveStep":
      case "movePhase":
      case "moveLane":
      case "movePersona":
        return moveBack(step, op, board);
      default:
        return undefined;
    }
  }

  /** Whether a record made here is live and others have neither changed it nor put anything below it. */
  #untouched(board: Board, id: ID, since: number): boolean {
    const record = board.live(id);
    if (record === undefined || (this.#touched.get(id) ?? 0) > since) return false;
    const me = this.#me();
    for (const other of board.all()) {
      if (other.deleted !== undefined || other.id === id) continue;
      if (!parentFields(other.kind).some((field) => other.fields[field] === id)) continue;
      if (!board.is(other.by, me) || !this.#untouched(board, other.id, since)) return false;
    }
    return true;
  }
}

const undoable: ReadonlySet<Op["type"]> = new Set([
  "add",
  "addCard",
  "addPhase",
  "addStep",
  "restore",
  "delete",
  "set",
  "setEmotion",
  "moveCard",
  "moveStep",
  "movePhase",
  "moveLane",
  "movePersona",
] satisfies Op["type"][]);

/** What a step set in the record with this id. */
function fieldsSet(step: OpStep, id: ID): { readonly [field: string]: Json } {
  const set: { [field: string]: Json } = {};
  for (const wrapped of step.changes) {
    const change = bare(wrapped);
    if (change[0] === "set" && change[1] === id) Object.assign(set, change[2]);
  }
  return set;
}

function stillSet(record: BoardRecord, field: string, value: Json): boolean {
  return sameJson(record.fields[field] ?? null, value);
}

function setBack(step: OpStep, board: Board, id: ID): Op | undefined {
  const record = board.live(id);
  if (record === undefined) return undefined;
  const fields: { [field: string]: Json } = {};
  for (const [field, value] of Object.entries(fieldsSet(step, id))) {
    if (stillSet(record, field, value)) fields[field] = step.before?.fields[field] ?? null;
  }
  return Object.keys(fields).length === 0 ? undefined : { type: "set", id, fields };
}

type Move = Extract<Op, { type: "moveCard" | "moveStep" | "movePhase" | "moveLane" | "movePersona" }>;

function moveBack(step: OpStep, op: Move, board: Board): Op | undefined {
  const record = board.live(op.id);
  const { before } = step;
  if (record === undefined || before === undefined) return undefined;
  const set = fieldsSet(step, op.id);
  if (!Object.entries(set).every(([field, value]) => stillSet(record, field, value))) return undefined;
  const parents = parentFields(before.kind).map((field) => textField(before, field));
  if (parents.some((parent) => parent !== "" && board.live(parent as ID) === undefined)) return undefined;
  const after = siblingBefore(board, before, parents);
  switch (op.type) {
    case "moveCard":
      return {
        type: "moveCard",
        id: op.id,
        lane: textField(before, "lane") as ID | "",
        step: textField(before, "step") as ID | "",
        after,
      };
    case "moveStep":
      return { type: "moveStep", id: op.id, phase: textField(before, "phase") as ID, after };
    default:
      return { type: op.type, id: op.id, after };
  }
}

/** The sibling a record stood behind, as the list is now. */
function siblingBefore(board: Board, before: BoardRecord, parents: readonly string[]): ID | "" {
  const place = (record: BoardRecord): string => `${textField(record, "rank")} ${record.id}`;
  let found: ID | "" = "";
  for (const sibling of board.children(before.kind, ...parents)) {
    if (place(sibling) > place(before)) break;
    if (sibling.id !== before.id) found = sibling.id;
  }
  return found;
}

/** The record an op is about, if it is about one. */
export function subjectOf(op: Op): ID | undefined {
  if ("id" in op) return op.id;
  return op.type === "setEmotion" ? emotionID(op.step, op.persona) : undefined;
}
