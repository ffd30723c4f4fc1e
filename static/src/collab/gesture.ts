// What one has done, as undo keeps it.
import type { Change } from "../board/change.ts";
import type { Op } from "../board/op.ts";
import type { BoardRecord, ID } from "../board/record.ts";
import type { Delta } from "../board/text.ts";

/** Typing in one text. */
export interface TextStep {
  readonly type: "text";
  readonly id: ID;
  readonly field: string;
  /** What takes it back, against the text as it is once every later step of this field has been taken back. */
  back: Delta;
}

/** One op of another kind. */
export interface OpStep {
  readonly type: "op";
  readonly op: Op;
  /** The record the op is about as it was before; undefined where there was none. */
  readonly before: BoardRecord | undefined;
  /** What the op did: at first as predicted, then as committed. */
  changes: readonly Change[];
  /** How many changes by others had been noticed when the op was asked for. */
  readonly noticed: number;
}

/** What is taken back by one undo. */
export interface Gesture {
  readonly id: number;
  readonly label: string;
  readonly steps: (TextStep | OpStep)[];
  at: number;
  /** Typing that may still be added to. */
  growing: boolean;
}
