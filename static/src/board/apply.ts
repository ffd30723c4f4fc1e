// The only way a board changes.
import type { Board } from "./board.ts";
import type { Change, Entry } from "./change.ts";
import type { Json } from "./codec.ts";
import type { BoardRecord, Seq, Time } from "./record.ts";
import { isTextField } from "./schema.ts";
import { applyDelta } from "./text.ts";

/** Applies a committed entry. At a verb this program does not know, the board stops before the entry. */
export function applyEntry(board: Board, entry: Entry): void {
  if (board.stopped) return;
  if (!entry.changes.every((change) => verbs.has(change[0]))) {
    board.stopped = true;
    return;
  }
  for (const change of entry.changes) applyChange(board, change, entry.seq, entry.at);
  board.seq = entry.seq;
  board.at = entry.at;
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

/** Applies one change; a change of a record that is not there does nothing. */
export function applyChange(board: Board, change: Change, seq: Seq, at: Time): void {
  switch (change[0]) {
    case "put":
      board.store(reveal(board.record(change[1].id), change[1]));
      return;
    case "purge":
      board.purge(change[1]);
      return;
    case "client":
      return;
    case "epoch":
      board.epoch = change[1];
      return;
    default:
      break;
  }
  const record = board.record(change[1]);
  if (record === undefined) return;
  switch (change[0]) {
    case "set":
      board.store({ ...record, fields: withFields(record, change[2]) });
      return;
    case "delete":
      board.store({ ...record, deleted: { at, seq } });
      return;
    case "restore": {
      const { deleted: _, ...live } = record;
      board.store(live);
      return;
    }
    case "text": {
      const before = record.fields[change[2]];
      const after = applyDelta(typeof before === "string" ? before : "", change[3]);
      if (after !== undefined)
        board.store({ ...record, fields: withFields(record, { [change[2]]: after || null }) });
      return;
    }
    case "append": {
      const before = record.fields[change[2]];
      const list = Array.isArray(before) ? before : [];
      board.store({ ...record, fields: withFields(record, { [change[2]]: [...list, ...change[3]] }) });
      return;
    }
    default:
      change satisfies never;
  }
}

/** A put of a record that exists widens who may see it; its texts stay what they have become. */
function reveal(before: BoardRecord | undefined, put: BoardRecord): BoardRecord {
  if (before === undefined) return put;
  const fields: { [field: string]: Json } = {};
  for (const [field, value] of Object.entries(put.fields)) {
    if (!isTextField(put.kind, field)) fields[field] = value;
  }
  for (const [field, value] of Object.entries(before.fields)) {
    if (isTextField(put.kind, field)) fields[field] = value;
  }
  return { ...put, fields };
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
