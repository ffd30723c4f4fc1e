// Predicting what happens to cards, and what a delete or a restore takes along.
import type { Decision, MutableFields } from "./decision.ts";
import { isSealing, placeOf } from "./decision.ts";
import type { OpOf } from "./op.ts";
import { type BoardRecord, type ID, isID, kindOf, refField, textField } from "./record.ts";
import type { Code } from "./schema.gen.ts";
import { isDefault, kindSpec } from "./schema.ts";

export function predictCard(d: Decision, op: OpOf<"addCard"> | OpOf<"moveCard">): Code | undefined {
  return op.type === "addCard" ? addCard(d, op) : moveCard(d, op);
}

function addCard(d: Decision, op: OpOf<"addCard">): Code | undefined {
  if (kindOf(op.id) !== "card") return "badOp";
  if (d.board.record(op.id) !== undefined) return undefined;
  const wrong = d.checkFields("card", op.fields ?? {}, "start");
  if (wrong !== undefined) return wrong;
  const fields: MutableFields = { ...op.fields };
  let only: ID | undefined;
  const named = fields.activity;
  if (isID(named)) {
    const activity = d.live(named);
    if (typeof activity === "string") return activity;
    if (textField(activity, "state") !== "open") return "closed";
    const lane = refField(activity, "lane");
    if (lane !== "" && lane !== op.lane) return "noCell";
    if (isSealing(activity)) only = d.actor.person;
  }
  if (d.hasCell(op.lane, op.step)) {
    const rank = d.rankFor({ kind: "card", parents: [op.lane, op.step], after: op.after, only });
    Object.assign(fields, { lane: op.lane, rank, step: op.step });
  } else {
    // The cell has been deleted meanwhile: its restore puts the card there.
    if (!d.hadCell(op.lane, op.step)) return "noCell";
    const rank = d.rankFor({ kind: "card", parents: ["", ""], only });
    Object.assign(fields, { from: { lane: op.lane, rank, step: op.step }, rank });
  }
  d.put(op.id, fields, only);
  if (only !== undefined && isID(named)) d.recount(named, 1);
  return undefined;
}

function moveCard(d: Decision, op: OpOf<"moveCard">): Code | undefined {
  if (kindOf(op.id) !== "card") return "wrongKind";
  const record = d.editable(op.id, (spec) => spec.edit);
  if (typeof record === "string") return record;
  if (!d.hasCell(op.lane, op.step)) return "noCell";
  const { after, lane, step } = op;
  const rank = d.rankFor({ kind: "card", parents: [lane, step], after, self: op.id, only: record.only });
  d.set(record, { from: null, lane: op.lane, rank, step: op.step });
  return undefined;
}

export function removeRecord(d: Decision, id: ID): Code | undefined {
  if (d.board.record(id)?.deleted !== undefined) return undefined;
  const record = d.editable(id, (spec) => spec.remove);
  if (typeof record === "string") return record;
  switch (record.kind) {
    case "phase":
    case "step": {
      const parent = refField(record, record.kind === "phase" ? "map" : "phase");
      if (d.board.children(record.kind, parent).length === 1) return "last";
      d.delete(id);
      const steps = record.kind === "step" ? [record] : d.board.children("step", id);
      if (record.kind === "phase") for (const step of steps) d.delete(step.id);
      d.toTray(steps.flatMap((step) => d.cardsOfStep(step)));
      return undefined;
    }
    case "lane":
      d.delete(id);
      d.toTray(cardsOfLane(d, record));
      return undefined;
    case "card":
      d.recount(refField(record, "activity"), -1);
      break;
    default:
      break;
  }
  d.delete(id);
  return undefined;
}

function cardsOfLane(d: Decision, lane: BoardRecord): readonly BoardRecord[] {
  return d.board
    .children("phase", refField(lane, "map"))
    .flatMap((phase) => d.board.children("step", phase.id))
    .flatMap((step) => d.board.children("card", lane.id, step.id));
}

export function restoreRecord(d: Decision, id: ID): Code | undefined {
  const record = d.board.record(id);
  if (record === undefined) return "gone";
  const rule = kindSpec(record.kind)?.remove;
  if (rule === undefined || (d.board.is(record.by, d.actor.person) ? rule.own : rule.other) === "")
    return "wrongKind";
  if (record.deleted === undefined) return undefined;
  switch (record.kind) {
    case "phase":
      return restorePhase(d, record);
    case "step":
    case "lane": {
      const name = record.kind === "step" ? "phase" : "map";
      const parent = d.parent(refField(record, name), name);
      if (typeof parent === "string") return parent;
      d.restore(id);
      d.returnCards(new Set([id]));
      return undefined;
    }
    case "card":
      return restoreCard(d, record);
    case "marker":
    case "emotion": {
      const step = d.parent(refField(record, "step"), "step");
      if (typeof step === "string") return step;
      if (record.kind === "marker") break;
      const persona = d.parent(refField(record, "persona"), "persona");
      if (typeof persona === "string") return persona;
      break;
    }
    default:
      break;
  }
  d.restore(id);
  return undefined;
}

function restorePhase(d: Decision, phase: BoardRecord): Code | undefined {
  const map = d.parent(refField(phase, "map"), "map");
  if (typeof map === "string") return map;
  d.restore(phase.id);
  const steps = [...d.board.all()]
    .filter(
      (r) => r.kind === "step" && refField(r, "phase") === phase.id && r.deleted?.seq === phase.deleted?.seq,
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  if (steps.length === 0) return "noParent";
  for (const step of steps) d.restore(step.id);
  d.returnCards(new Set(steps.map((step) => step.id)));
  return undefined;
}

/** A card that was sealed in an activity that has ended meanwhile comes back as the others were revealed: for everyone. */
function restoreCard(d: Decision, card: BoardRecord): Code | undefined {
  const named = refField(card, "activity");
  const activity = named === "" ? undefined : d.board.live(named);
  let moved: MutableFields = {};
  if (!d.hasCell(refField(card, "lane"), refField(card, "step"))) {
    const rank = d.behind(d.lastRank("card", "", ""));
    moved = { from: placeOf(card), lane: "", rank, step: "" };
  }
  if (card.only !== undefined && !(activity !== undefined && isSealing(activity))) {
    const { only: _, deleted: __, ...open } = card;
    const fields = Object.entries({ ...open.fields, ...moved }).filter(
      ([name, value]) => !isDefault("card", name, value),
    );
    d.out.push(["put", { ...open, fields: Object.fromEntries(fields) }]);
    return undefined;
  }
  d.restore(card.id);
  d.set(card, moved);
  d.recount(named, 1);
  return undefined;
}
