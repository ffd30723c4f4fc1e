// A replica without a server: everything is confirmed at once, nothing is kept. For building and testing the view.
import { applyDraft } from "../board/apply.ts";
import { Board } from "../board/board.ts";
import { changedID } from "../board/change.ts";
import type { Op, Role } from "../board/op.ts";
import { predict } from "../board/predict.ts";
import { asID, type BoardRecord, type ID, newID, textField } from "../board/record.ts";
import { composeDelta, type Delta } from "../board/text.ts";
import type { Peer } from "./presence.ts";
import type { Person, Replica, TextHandle } from "./replica.ts";
import type { Notice, Status } from "./status.ts";

export function openLocalReplica(records: readonly BoardRecord[], role: Role = "facilitator"): Replica {
  const board = new Board(asID("board-local"));
  for (const record of records) board.store(record);
  const me = { person: asID("person-me"), role, session: "session-me" };
  const changeFns = new Set<(changed: ReadonlySet<ID>) => void>();
  const noticeFns = new Set<(notice: Notice) => void>();
  const handles = new Set<{
    id: ID;
    field: string;
    remote: ((delta: Delta) => void) | undefined;
    text: string;
  }>();
  const status: Status = { kind: "saved" };
  const peers: ReadonlyMap<string, Peer> = new Map();
  const people: ReadonlyMap<ID, Person> = new Map();
  let changed = new Set<ID>();

  function tell(): void {
    const told = changed;
    changed = new Set();
    for (const fn of changeFns) fn(told);
  }

  function run(op: Op, label: string): boolean {
    const changes = predict(board, op, me, Date.now());
    if (typeof changes === "string") {
      for (const fn of noticeFns) fn({ kind: "refused", code: changes, op, label });
      return false;
    }
    applyDraft(board, changes, Date.now());
    board.seq++;
    if (changed.size === 0) queueMicrotask(tell);
    for (const change of changes) {
      const id = changedID(change);
      if (id !== undefined) changed.add(id);
    }
    return true;
  }

  return {
    board,
    me,
    people,
    status,
    peers,
    newID: (kind) => newID(kind, (bytes) => crypto.getRandomValues(bytes)),
    propose: (ops, label = "") => ops.map((op) => run(op, label)).every((taken) => taken),
    editText(id, field): TextHandle {
      const handle = {
        id,
        field,
        remote: undefined as ((delta: Delta) => void) | undefined,
        text: textField(board.record(id), field),
      };
      handles.add(handle);
      return {
        get text() {
          return textField(board.record(id), field);
        },
        change(delta) {
          if (!run({ type: "text", id, field, base: board.seq, delta: composeDelta(delta, []) }, ""))
            return false;
          for (const other of handles) {
            if (other !== handle && other.id === id && other.field === field) other.remote?.(delta);
          }
          return true;
        },
        onRemote(fn) {
          handle.remote = fn;
        },
        close() {
          handles.delete(handle);
        },
      };
    },
    undo: () => "nothing",
    redo: () => "nothing",
    show: () => {},
    now: () => Date.now(),
    onChange(fn) {
      changeFns.add(fn);
      return () => changeFns.delete(fn);
    },
    onStatus: () => () => {},
    onPeers: () => () => {},
    onNotice(fn) {
      noticeFns.add(fn);
      return () => noticeFns.delete(fn);
    },
    get figures() {
      return { seq: board.seq, pending: 0, digest: board.publicDigest(), reloads: 0 };
    },
    wake() {},
    close() {},
  };
}
