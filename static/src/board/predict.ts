// What the server should decide about an op, said beforehand, so that the own hand is seen at once.
import type { Board } from "./board.ts";
import type { Change } from "./change.ts";
import { type Actor, Decision, hasControls, isSealing, type MutableFields } from "./decision.ts";
import type { Op, OpOf } from "./op.ts";
import { predictCard, removeRecord, restoreRecord } from "./predict-map.ts";
import {
  boolField,
  emotionID,
  type Fields,
  type ID,
  kindOf,
  lockID,
  memberID,
  numberField,
  refField,
  textField,
  voteID,
} from "./record.ts";
import { type Code, type Json, opRules } from "./schema.gen.ts";
import { fieldSpec, kindSpec } from "./schema.ts";
import { type Delta, normalDelta, textLength } from "./text.ts";

export type { Actor };

/** The changes the server would make, or the code with which it would refuse. */
export type Prediction = readonly Change[] | Code;

/**
 * The changes an op should come to, without roles, locks, caps and limits, and with what this person may see. The base
 * of a text op is not looked at: its delta is taken to be against the text as it is.
 */
export function predict(board: Board, op: Op, actor: Actor, now: number): Prediction {
  if (opRules[op.type].on !== "board" && boolField(board.ofKind("map")[0], "trashed")) return "trashed";
  const d = new Decision(board, actor, now);
  return decide(d, op) ?? d.finish();
}

function decide(d: Decision, op: Op): Code | undefined {
  switch (op.type) {
    case "add":
      return add(d, op);
    case "addPhase":
      return addPhase(d, op);
    case "addStep":
      return addStep(d, op);
    case "addCard":
    case "moveCard":
      return predictCard(d, op);
    case "movePhase":
      return moveSibling(d, "phase", op.id, op.after);
    case "moveLane":
      return moveSibling(d, "lane", op.id, op.after);
    case "movePersona":
      return moveSibling(d, "persona", op.id, op.after);
    case "moveStep":
      return moveStep(d, op);
    case "setEmotion":
      return setEmotion(d, op);
    case "set":
      return setFields(d, op);
    case "text":
      return changeText(d, op);
    case "delete":
      return removeRecord(d, op.id);
    case "restore":
      return restoreRecord(d, op.id);
    case "lock":
    case "unlock":
      return lock(d, op);
    case "setMember":
      return setMember(d, op);
    case "removeMember": {
      const id = memberID(op.person);
      if (d.board.live(id) !== undefined) d.out.push(["purge", id]);
      return undefined;
    }
    case "closeInvite":
      return setIn(d, "invite", op.id, { closed: true });
    case "trash":
    case "untrash":
      return setMap(d, { trashed: op.type === "trash" });
    case "freeze":
      return setMap(d, { frozen: op.on });
    case "openActivity": {
      const { lane, sealed, showCount, activityType } = op;
      return create(d, "activity", op.id, { lane, sealed, showCount, type: activityType });
    }
    case "closeActivity":
      return closeActivity(d, op.id);
    case "openBallot": {
      const { blind, cap, perTarget, title = "" } = op;
      return create(d, "ballot", op.id, { blind, cap, perTarget, title });
    }
    case "vote":
      return vote(d, op);
    case "closeBallot":
      return closeBallot(d, op.id);
    default:
      return op satisfies never;
  }
}

function add(d: Decision, op: OpOf<"add">): Code | undefined {
  const kind = kindOf(op.id);
  const spec = kindSpec(kind);
  if (spec === undefined || spec.add === "") return "wrongKind";
  if (d.board.record(op.id) !== undefined) return undefined;
  const fields: MutableFields = { ...op.fields };
  if (spec.fields.map !== undefined && fields.map === undefined) {
    const map = d.map();
    if (typeof map === "string") return map;
    fields.map = map.id;
  }
  const wrong = d.checkFields(kind, fields, "start");
  if (wrong !== undefined) return wrong;
  for (const name of spec.parent) {
    const id = (fields[name] ?? "") as ID | "";
    const of = fieldSpec(kind, name)?.kinds?.find((allowed) => id !== "" && kindOf(id) === allowed);
    const parent = of === undefined ? "noParent" : d.parent(id, of);
    if (typeof parent === "string") return parent;
    if (parent.only !== undefined) return "wrongKind";
  }
  if (spec.fields.rank !== undefined) {
    const parents = spec.parent.map((name) => String(fields[name] ?? ""));
    fields.rank = d.rankFor({ kind, parents, after: op.after });
  }
  d.put(op.id, fields);
  return undefined;
}

/** Makes a record that is not there yet, from fields that ops of its own bring. */
function create(d: Decision, kind: string, id: ID, fields: Fields): Code | undefined {
  if (kindOf(id) !== kind) return "badOp";
  if (d.board.record(id) !== undefined) return undefined;
  const wrong = d.checkFields(kind, fields, "decide");
  if (wrong === undefined) d.put(id, fields);
  return wrong;
}

function addPhase(d: Decision, op: OpOf<"addPhase">): Code | undefined {
  if (kindOf(op.id) !== "phase" || kindOf(op.step) !== "step") return "badOp";
  if (d.board.record(op.id) !== undefined) return undefined;
  if (d.board.record(op.step) !== undefined) return "badOp";
  const map = d.map();
  if (typeof map === "string") return map;
  const phase = { map: map.id, title: op.title ?? "" };
  const step = { title: op.stepTitle ?? "" };
  const wrong = d.checkFields("phase", phase, "start") ?? d.checkFields("step", step, "start");
  if (wrong !== undefined) return wrong;
  const rank = d.rankFor({ kind: "phase", parents: [map.id], after: op.after });
  d.put(op.id, { ...phase, rank });
  d.put(op.step, { ...step, phase: op.id, rank: "V" });
  return undefined;
}

function addStep(d: Decision, op: OpOf<"addStep">): Code | undefined {
  if (kindOf(op.id) !== "step") return "badOp";
  if (d.board.record(op.id) !== undefined) return undefined;
  const phase = d.parent(op.phase, "phase");
  if (typeof phase === "string") return phase;
  const fields = { phase: phase.id, title: op.title ?? "" };
  const wrong = d.checkFields("step", fields, "start");
  if (wrong !== undefined) return wrong;
  d.put(op.id, { ...fields, rank: d.rankFor({ kind: "step", parents: [phase.id], after: op.after }) });
  return undefined;
}

function moveSibling(d: Decision, kind: string, id: ID, after: ID | "" | undefined): Code | undefined {
  if (kindOf(id) !== kind) return "wrongKind";
  const record = d.editable(id, (spec) => spec.edit);
  if (typeof record === "string") return record;
  d.set(record, { rank: d.rankFor({ kind, parents: [textField(record, "map")], after, self: id }) });
  return undefined;
}

function moveStep(d: Decision, op: OpOf<"moveStep">): Code | undefined {
  if (kindOf(op.id) !== "step") return "wrongKind";
  const record = d.editable(op.id, (spec) => spec.edit);
  if (typeof record === "string") return record;
  const phase = d.parent(op.phase, "phase");
  if (typeof phase === "string") return phase;
  const old = refField(record, "phase");
  if (old !== phase.id && d.board.children("step", old).length === 1) return "last";
  const rank = d.rankFor({ kind: "step", parents: [phase.id], after: op.after, self: op.id });
  d.set(record, { phase: phase.id, rank });
  return undefined;
}

/** Why there is no place for an emotion, if so. */
function emotionPlace(d: Decision, step: ID | "", persona: ID | ""): Code | undefined {
  for (const parent of [d.parent(step, "step"), d.parent(persona, "persona")])
    if (typeof parent === "string") return parent;
  return undefined;
}

function setEmotion(d: Decision, op: OpOf<"setEmotion">): Code | undefined {
  if (kindOf(op.step) !== "step" || kindOf(op.persona) !== "persona") return "wrongKind";
  const lost = emotionPlace(d, op.step, op.persona);
  if (lost !== undefined) return lost;
  const id = emotionID(op.step, op.persona);
  const fields: MutableFields = {};
  if (op.value !== undefined) fields.value = op.value;
  if (op.tier !== undefined) fields.tier = op.tier;
  const words = { because: op.because ?? "", word: op.word ?? "" };
  const wrong = d.checkFields("emotion", { ...words, ...fields }, "start");
  if (wrong !== undefined) return wrong;
  const record = d.board.record(id);
  if (record === undefined) {
    d.put(id, { ...fields, ...words, persona: op.persona, step: op.step });
    return undefined;
  }
  if (record.deleted !== undefined) d.restore(id);
  d.set(record, fields);
  for (const [name, text] of Object.entries(words)) {
    if (text !== "" && textField(record, name) === "") d.out.push(["text", id, name, [text]]);
  }
  return undefined;
}

function setFields(d: Decision, op: OpOf<"set">): Code | undefined {
  const record = d.editable(op.id, (spec) => spec.edit);
  if (typeof record === "string") return record;
  const wrong = d.checkFields(record.kind, op.fields, "all");
  if (wrong !== undefined) return wrong;
  const hides = record.kind === "activity" && isSealing(record) && op.fields.showCount === false;
  d.set(record, hides ? { ...op.fields, count: 0 } : op.fields);
  return undefined;
}

function changeText(d: Decision, op: OpOf<"text">): Code | undefined {
  const record = d.editable(op.id, (spec) => spec.edit);
  if (typeof record === "string") return record;
  const spec = fieldSpec(record.kind, op.field);
  if (spec === undefined || spec.type !== "text" || spec.writer === "decide") return "badOp";
  const lost =
    record.kind === "emotion"
      ? emotionPlace(d, refField(record, "step"), refField(record, "persona"))
      : undefined;
  if (lost !== undefined) return lost;
  return editText(d, op.id, op.field, textField(record, op.field), op.delta);
}

function editText(d: Decision, id: ID, field: string, text: string, delta: Delta): Code | undefined {
  const spec = fieldSpec(kindOf(id), field);
  let used = 0;
  let added = 0;
  let left = 0;
  for (const part of delta) {
    if (typeof part === "string") {
      if (hasControls(part, spec?.line)) return "badOp";
      added += textLength(part);
    } else {
      used += Math.abs(part);
      if (part < 0) left -= part;
    }
  }
  const length = textLength(text);
  if (used > length) return "badOp";
  if (added > left && length + added - left > (spec?.limit ?? 0)) return "tooLong";
  const normal = normalDelta(delta);
  if (normal.length > 0) d.out.push(["text", id, field, normal]);
  return undefined;
}

function lock(d: Decision, op: OpOf<"lock"> | OpOf<"unlock">): Code | undefined {
  const record = d.live(op.target);
  if (typeof record === "string") return record;
  const id = lockID(op.target);
  const known = d.board.record(id);
  if (op.type === "unlock") {
    if (known !== undefined) d.out.push(["purge", id]);
    return undefined;
  }
  const rule = kindSpec(record.kind)?.remove;
  if (rule === undefined || rule.own === "" || record.only !== undefined) return "wrongKind";
  if (known !== undefined) d.set(known, { holder: d.actor.person });
  else d.put(id, { holder: d.actor.person, target: op.target });
  return undefined;
}

function setMember(d: Decision, op: OpOf<"setMember">): Code | undefined {
  if (kindOf(op.person) !== "person") return "badOp";
  const id = memberID(op.person);
  const known = d.board.record(id);
  if (known === undefined) return "gone";
  d.set(known, { role: op.role });
  return undefined;
}

function setMap(d: Decision, fields: Fields): Code | undefined {
  const map = d.map();
  if (typeof map === "string") return map;
  d.set(map, fields);
  return undefined;
}

function setIn(d: Decision, kind: string, id: ID, fields: Fields): Code | undefined {
  if (kindOf(id) !== kind) return "wrongKind";
  const record = d.live(id);
  if (typeof record === "string") return record;
  d.set(record, fields);
  return undefined;
}

/** Others' sealed cards are not here to be revealed; they come with the entry. */
function closeActivity(d: Decision, id: ID): Code | undefined {
  if (kindOf(id) !== "activity") return "wrongKind";
  const activity = d.live(id);
  if (typeof activity === "string") return activity;
  if (!isSealing(activity)) return setIn(d, "activity", id, { state: "closed" });
  for (const card of d.board.ofKind("card")) {
    if (card.only === undefined || refField(card, "activity") !== id) continue;
    const { only: _, ...open } = card;
    d.out.push(["put", open]);
  }
  d.set(activity, { state: "closed" });
  return undefined;
}

const targets: ReadonlySet<string> = new Set(["card", "sticky", "step", "moment", "marker"]);

function vote(d: Decision, op: OpOf<"vote">): Code | undefined {
  if (kindOf(op.ballot) !== "ballot") return "wrongKind";
  const ballot = d.live(op.ballot);
  if (typeof ballot === "string") return ballot;
  if (textField(ballot, "state") !== "open") return "closed";
  if (op.count < 0) return "badOp";
  if (op.count > 0) {
    const target = d.live(op.target);
    if (typeof target === "string") return target;
    if (!targets.has(target.kind) || target.only !== undefined) return "wrongKind";
  }
  const most = numberField(ballot, "perTarget");
  if (most > 0 && op.count > most) return "cap";
  const id = voteID(op.ballot, d.actor.person);
  const known = d.board.record(id);
  const counts: { [target: string]: number } = {
    ...(known?.fields.counts as { [target: string]: number } | undefined),
  };
  delete counts[op.target];
  const sum = Object.values(counts).reduce((a, b) => a + b, op.count);
  if (sum > numberField(ballot, "cap")) return "cap";
  if (op.count > 0) counts[op.target] = op.count;
  if (known !== undefined) {
    d.set(known, { counts });
  } else if (op.count > 0) {
    const only = boolField(ballot, "blind") ? d.actor.person : undefined;
    d.put(id, { ballot: op.ballot, counts, voter: d.actor.person }, only);
  }
  return undefined;
}

/** Blind votes of others are not here to be counted; the tallies then come with the entry. */
function closeBallot(d: Decision, id: ID): Code | undefined {
  if (kindOf(id) !== "ballot") return "wrongKind";
  const ballot = d.live(id);
  if (typeof ballot === "string") return ballot;
  const fields: MutableFields = { state: "closed" };
  if (!boolField(ballot, "blind") && textField(ballot, "state") === "open") {
    const tallies: { [target: string]: Json } = {};
    for (const cast of d.board.children("vote", id)) {
      for (const [target, n] of Object.entries((cast.fields.counts ?? {}) as { [target: string]: number })) {
        tallies[target] = Number(tallies[target] ?? 0) + n;
      }
    }
    fields.tallies = tallies;
  }
  d.set(ballot, fields);
  return undefined;
}
