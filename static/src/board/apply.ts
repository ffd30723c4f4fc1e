// The only way a board changes.
import type { Board } from "./board.ts";
import { bare, type Change, type Entry } from "./change.ts";
import type { Json } from "./codec.ts";
import type { BoardRecord, Seq, Time } from "./record.ts";
import { applyDelta } from "./text.ts";

/**
 * Applies a committed entry; one that the board contains already does nothing. At a verb this program does not know,
 * the board stops before the entry. Entries that the reader may not see may be missing in between.
 */
export function applyEntry(board: Board, entry: Entry): void {
  if (board.stopped || entry.seq <= board.seq) return;
  if (!entry.changes.every((change) => verbs.has(bare(change)[0]))) {
    board.stopped = true;
    return;
  }
  board.seq = entry.seq;
  board.at = Math.max(board.at, entry.at);
  for (const change of entry.changes) applyChange(board, change, entry.seq, entry.at);
}

const verbs: ReadonlySet<string> = new Set([
  "put",
  "set",
  "delete",
  "restore",
  "purge",
  "text",
  "append",
  "client",
  "epoch",
]);

/** Applies one change. What it says of a record that is not there, or of a text that is shorter, is left out. */
export function applyChange(board: Board, wrapped: Change, seq: Seq, at: Time): void {
  const change = bare(wrapped);
  switch (change[0]) {
    case "put":
      board.store(change[1]);
      return;
    case "purge":
      board.purge(change[1]);
      return;
    case "client":
      return;
    case "epoch":
      board.epoch = Math.max(board.epoch, change[1]);
      return;
    default:
      break;
  }
  const record = board.record(change[1]);
  if (record === undefined) return;
  switch (change[0]) {
    case "set":
      if (Object.keys(change[2]).length > 0)
        board.store({ ...record, fields: withFields(record, change[2]) });
      return;
    case "delete":
      if (record.deleted === undefined) board.store({ ...record, deleted: { at, seq } });
      return;
    case "restore": {
      if (record.deleted === undefined) return;
      const { deleted: _, ...live } = record;
      board.store(live);
      return;
    }
    case "text": {
      const before = record.fields[change[2]] ?? "";
      const after = typeof before === "string" ? applyDelta(before, change[3]) : undefined;
      if (after === undefined) return;
      board.store({ ...record, fields: withFields(record, { [change[2]]: after || null }) });
      return;
    }
    case "append": {
      const before = record.fields[change[2]] ?? [];
      if (change[3].length === 0 || !isInts(before)) return;
      board.store({ ...record, fields: withFields(record, { [change[2]]: [...before, ...change[3]] }) });
      return;
    }
    default:
      change satisfies never;
  }
}

function isInts(value: Json): value is readonly number[] {
  return Array.isArray(value) && value.every((part) => Number.isSafeInteger(part));
}

function withFields(record: BoardRecord, set: { readonly [field: string]: Json }): BoardRecord["fields"] {
  const fields: { [field: string]: Json } = { ...record.fields };
  for (const [field, value] of Object.entries(set)) {
    if (value === null) delete fields[field];
    else fields[field] = value;
  }
  return fields;
}

/** Applies changes that are not committed yet to a draft, as if they were the next entry. */
export function applyDraft(draft: Board, changes: readonly Change[], at: Time): void {
  for (const change of changes) applyChange(draft, change, draft.seq + 1, at);
}
