// What the server should decide about an op, said beforehand, so that the own hand is seen at once.
import type { Board } from "./board.ts";
import type { Change } from "./change.ts";
import type { Json } from "./codec.ts";
import type { Op, RefusalCode } from "./op.ts";
import { rankBetween } from "./rank.ts";
import {
  type BoardRecord,
  emotionID,
  type Fields,
  type ID,
  kindOf,
  lockID,
  memberID,
  textField,
  voteID,
} from "./record.ts";
import { applyDelta } from "./text.ts";

export interface Actor {
  readonly person: ID;
}

export type Prediction = readonly Change[] | RefusalCode;

/** The changes the server would make, without roles, locks and caps; or why it would refuse. */
export function predict(board: Board, op: Op, actor: Actor, now: number): Prediction {
  switch (op.type) {
    case "add":
      return add(board, op.id, op.fields, op.after, actor, now);
    case "addPhase": {
      if (board.record(op.id)) return [];
      const map = board.ofKind("map")[0]?.id ?? "";
      return [
        put(op.id, { map, rank: place(board, "phase", [map], op.after), title: op.title ?? "" }, actor, now),
        put(op.step, { phase: op.id, rank: rankBetween("", ""), title: op.stepTitle ?? "" }, actor, now),
      ];
    }
    case "addStep":
      if (board.record(op.id)) return [];
      if (!board.live(op.phase)) return "noParent";
      return [
        put(
          op.id,
          { phase: op.phase, rank: place(board, "step", [op.phase], op.after), title: op.title ?? "" },
          actor,
          now,
        ),
      ];
    case "addCard": {
      if (board.record(op.id)) return [];
      if (!hasCell(board, op.lane, op.step)) return "noCell";
      const rank = place(board, "card", [op.lane, op.step], op.after);
      return [put(op.id, { ...op.fields, lane: op.lane, step: op.step, rank }, actor, now)];
    }
    case "movePhase":
    case "moveLane":
    case "movePersona": {
      const record = board.live(op.id);
      if (!record) return "gone";
      return move(board, record, {}, [textField(record, "map")], op.after);
    }
    case "moveStep": {
      const record = board.live(op.id);
      if (!record) return "gone";
      if (!board.live(op.phase)) return "noParent";
      return move(board, record, { phase: op.phase }, [op.phase], op.after);
    }
    case "moveCard": {
      const record = board.live(op.id);
      if (!record) return "gone";
      if (!hasCell(board, op.lane, op.step)) return "noCell";
      return move(board, record, { lane: op.lane, step: op.step }, [op.lane, op.step], op.after);
    }
    case "setEmotion": {
      const id = emotionID(op.step, op.persona);
      const { type: _, ...fields } = op;
      const before = board.record(id);
      if (!before) return [put(id, fields, actor, now)];
      return [["set", id, clean({ value: op.value ?? null, tier: op.tier ?? null })]];
    }
    case "set":
      if (!board.live(op.id)) return "gone";
      return [["set", op.id, op.fields]];
    case "text": {
      const record = board.live(op.id);
      if (!record) return "gone";
      if (applyDelta(textField(record, op.field), op.delta) === undefined) return "badOp";
      return [["text", op.id, op.field, op.delta]];
    }
    case "delete":
      return board.live(op.id) ? [["delete", op.id]] : [];
    case "restore":
      return board.record(op.id)?.deleted ? [["restore", op.id]] : [];
    case "setMember": {
      const id = memberID(op.person);
      if (board.record(id)) return [["set", id, { role: op.role }]];
      return [put(id, { person: op.person, role: op.role }, actor, now)];
    }
    case "vote":
      return [
        put(
          voteID(op.ballot, actor.person),
          { ballot: op.ballot, voter: actor.person, counts: { [op.target]: op.count } },
          actor,
          now,
        ),
      ];
    case "lock":
      return [put(lockID(op.target), { target: op.target, holder: actor.person }, actor, now)];
    default:
      return [];
  }
}

function clean(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== "" && value !== null));
}

function put(
  id: ID,
  fields: { readonly [field: string]: Json | undefined },
  actor: Actor,
  now: number,
): Change {
  return ["put", { at: now, by: actor.person, fields: clean(fields as Fields), id, kind: kindOf(id) }];
}

function add(
  board: Board,
  id: ID,
  fields: Fields,
  after: ID | "" | undefined,
  actor: Actor,
  now: number,
): Prediction {
  if (board.record(id)) return [];
  const map = board.ofKind("map")[0]?.id ?? "";
  const kind = kindOf(id);
  const own = kind === "lane" || kind === "persona" ? { map } : {};
  return [
    put(
      id,
      { ...fields, ...own, rank: place(board, kind, kind === "sticky" ? [] : [map], after) },
      actor,
      now,
    ),
  ];
}

function hasCell(board: Board, lane: ID | "", step: ID | ""): boolean {
  if (lane === "" && step === "") return true;
  return lane !== "" && step !== "" && board.live(lane) !== undefined && board.live(step) !== undefined;
}

function move(
  board: Board,
  record: BoardRecord,
  to: Fields,
  parents: readonly string[],
  after: ID | "" | undefined,
): Prediction {
  return [["set", record.id, { ...to, rank: place(board, record.kind, parents, after, record.id) }]];
}

function place(
  board: Board,
  kind: string,
  parents: readonly string[],
  after: ID | "" | undefined,
  self?: ID,
): string {
  const siblings = board.children(kind, ...parents).filter((record) => record.id !== self);
  const found = after === undefined ? -1 : siblings.findIndex((record) => record.id === after);
  const index = after === "" ? 0 : found < 0 ? siblings.length : found + 1;
  return rankBetween(textField(siblings[index - 1], "rank"), textField(siblings[index], "rank"));
}
