// Changes and entries: what committed ops did.
import type { Json } from "./codec.ts";
import type { BoardRecord, ID, Seq, Time } from "./record.ts";
import type { Delta } from "./text.ts";

export type Change =
  | readonly ["put", BoardRecord]
  | readonly ["set", ID, { readonly [field: string]: Json }]
  | readonly ["delete", ID]
  | readonly ["restore", ID]
  | readonly ["purge", ID]
  | readonly ["text", ID, string, Delta]
  | readonly ["append", ID, string, readonly number[]]
  /** A change of a sealed record, for that person alone. */
  | readonly ["only", ID, Change]
  | readonly ["client", ID]
  | readonly ["epoch", number];

/** One committed op. client is "" and n 0 where the server acted, or where the reader may not know who did. */
export interface Entry {
  readonly at: Time;
  readonly by: ID | "";
  readonly changes: readonly Change[];
  readonly client: ID | "";
  readonly n: number;
  readonly refused?: string;
  readonly seq: Seq;
}

/** The change itself, where it is wrapped for one person. */
export function bare(change: Change): Exclude<Change, readonly ["only", ...unknown[]]> {
  return change[0] === "only" ? bare(change[2]) : change;
}

/** The record a change is about, if it is about one. */
export function changedID(wrapped: Change): ID | undefined {
  const change = bare(wrapped);
  switch (change[0]) {
    case "put":
      return change[1].id;
    case "client":
    case "epoch":
      return undefined;
    default:
      return change[1];
  }
}
