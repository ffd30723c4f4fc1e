// One op being predicted: what it looks up, what it checks, and the changes it comes to.
import type { Board } from "./board.ts";
import { type Change, changedID } from "./change.ts";
import { sameJson } from "./codec.ts";
import { isRank, rankBetween, spreadRanks } from "./rank.ts";
import {
  type BoardRecord,
  type Fields,
  type ID,
  isID,
  kindOf,
  lockID,
  refField,
  textField,
} from "./record.ts";
import type { Code, FieldSpec, Json, KindSpec, Rank, Writer } from "./schema.gen.ts";
import { fieldSpec, isDefault, kindSpec, parentFields } from "./schema.ts";
import { textLength } from "./text.ts";

export interface Actor {
  readonly person: ID;
}

export type MutableFields = { [field: string]: Json };

/** Finds a record or says why not. */
export type Found = BoardRecord | Code;

const writers: readonly Writer[] = ["all", "start", "decide"];

/** Where a record is to stand: among the siblings of one parent, behind one of them. */
export interface Spot {
  readonly kind: string;
  readonly parents: readonly string[];
  /** Undefined is last, "" is first, and a sibling that is not there is last too. */
  readonly after?: ID | "" | undefined;
  /** The record itself, which is left out of the siblings. */
  readonly self?: ID;
  /** Whom the record is for; siblings that are for fewer people are not looked at. */
  readonly only?: ID | undefined;
}

export class Decision {
  readonly board: Board;
  readonly actor: Actor;
  readonly now: number;
  readonly out: Change[] = [];

  constructor(board: Board, actor: Actor, now: number) {
    this.board = board;
    this.actor = actor;
    this.now = Math.max(now, board.at);
  }

  live(id: ID): Found {
    return this.board.live(id) ?? "gone";
  }

  /** What a new record is to belong to. */
  parent(id: ID | "", kind: string): Found {
    const record = id === "" ? undefined : this.board.live(id);
    return record?.kind === kind ? record : "noParent";
  }

  /** A live record of a kind that people may edit, or may delete. */
  editable(id: ID, rule: (spec: KindSpec) => KindSpec["edit"]): Found {
    const record = this.live(id);
    if (typeof record === "string") return record;
    const spec = kindSpec(record.kind);
    if (spec === undefined) return "wrongKind";
    const { own, other } = rule(spec);
    return (this.board.is(record.by, this.actor.person) ? own : other) === "" ? "wrongKind" : record;
  }

  map(): Found {
    return this.board.ofKind("map")[0] ?? "gone";
  }

  /** Makes a record. */
  put(id: ID, fields: Fields, only?: ID): void {
    const kind = kindOf(id);
    const kept = Object.fromEntries(
      Object.entries(fields).filter(([name, value]) => !isDefault(kind, name, value)),
    );
    const record = { at: this.now, by: this.actor.person, fields: kept, id, kind };
    this.out.push(["put", only === undefined ? record : { ...record, only }]);
  }

  /** Sets those of the fields that are not as asked already; null is the default. */
  set(record: BoardRecord, fields: Fields): void {
    const changed: MutableFields = {};
    for (const [name, value] of Object.entries(fields)) {
      const kept = isDefault(record.kind, name, value) ? null : value;
      if (!sameJson(kept, record.fields[name] ?? null)) changed[name] = kept;
    }
    if (Object.keys(changed).length > 0) this.out.push(["set", record.id, changed]);
  }

  delete(id: ID): void {
    this.out.push(["delete", id]);
    const lock = lockID(id);
    if (this.board.record(lock) !== undefined) this.out.push(["purge", lock]);
  }

  restore(id: ID): void {
    this.out.push(["restore", id]);
  }

  /** The changes, those of sealed records wrapped for the one who sees them. */
  finish(): readonly Change[] {
    return this.out.map((change) => {
      const id = changedID(change);
      const only = id === undefined || change[0] === "put" ? undefined : this.board.record(id)?.only;
      return only === undefined ? change : ["only", only, change];
    });
  }

  /** Checks what somebody asks fields to be: that the kind has them, who may write them, their values. */
  checkFields(kind: string, fields: Fields, by: Writer): Code | undefined {
    for (const [name, value] of Object.entries(fields)) {
      const spec = fieldSpec(kind, name);
      if (spec === undefined || writers.indexOf(spec.writer) > writers.indexOf(by)) return "badOp";
      if (by === "all" && spec.type === "text") return "badOp";
      const wrong = checkValue(spec, value);
      if (wrong !== undefined) return wrong;
      if (
        spec.type === "ref" &&
        isID(value) &&
        kindOf(value) !== "person" &&
        !parentFields(kind).includes(name)
      ) {
        const named = this.live(value);
        if (typeof named === "string") return named;
      }
    }
    return undefined;
  }

  /** The rank for a spot. When none fits, the siblings get fresh ones. */
  rankFor(spot: Spot): Rank {
    const { kind, parents, after, self, only } = spot;
    const siblings = this.board
      .children(kind, ...parents)
      .filter((record) => record.id === self || record.only === undefined || record.only === only);
    const found = after === undefined ? -1 : siblings.findIndex((record) => record.id === after);
    const at = after === "" ? 0 : found < 0 ? siblings.length : found + 1;
    const low = textField(nearest(siblings, at - 1, -1, self), "rank");
    const high = textField(nearest(siblings, at, 1, self), "rank");
    const own = textField(
      self === undefined ? undefined : siblings.find((record) => record.id === self),
      "rank",
    );
    if (own !== "" && own > low && (high === "" || own < high)) return own as Rank;
    return rankBetween(low, high) ?? this.#respace(siblings, at, self);
  }

  /** The rank of the last sibling that is for everyone. */
  lastRank(kind: string, ...parents: readonly string[]): string {
    return textField(
      this.board.children(kind, ...parents).findLast((record) => record.only === undefined),
      "rank",
    );
  }

  /** A rank behind the last one; at the very end of all ranks it is that rank again. */
  behind(last: string): string {
    return rankBetween(last, "") ?? last;
  }

  #respace(siblings: readonly BoardRecord[], at: number, self: ID | undefined): Rank {
    const before = siblings.slice(0, at).filter((record) => record.id !== self);
    const behind = siblings.slice(at).filter((record) => record.id !== self);
    const ranks = spreadRanks(before.length + 1 + behind.length);
    before.forEach((record, i) => {
      this.set(record, { rank: ranks[i] ?? "" });
    });
    behind.forEach((record, i) => {
      this.set(record, { rank: ranks[before.length + 1 + i] ?? "" });
    });
    return ranks[before.length] as Rank;
  }

  hasCell(lane: ID | "", step: ID | ""): boolean {
    if (lane === "" && step === "") return true;
    return (
      lane !== "" &&
      step !== "" &&
      this.board.live(lane)?.kind === "lane" &&
      this.board.live(step)?.kind === "step"
    );
  }

  /** Whether a card could once lie there. */
  hadCell(lane: ID | "", step: ID | ""): boolean {
    if (lane === "" || step === "") return false;
    return this.board.record(lane)?.kind === "lane" && this.board.record(step)?.kind === "step";
  }

  /** Lays cards at the end of the tray; they keep where they lay. Sealed ones leave no gaps between the others. */
  toTray(cards: readonly BoardRecord[]): void {
    let last = this.lastRank("card", "", "");
    let sealed = "";
    for (const card of cards) {
      const rank = this.behind(card.only !== undefined && sealed > last ? sealed : last);
      if (card.only === undefined) last = rank;
      else sealed = rank;
      this.set(card, { from: placeOf(card), lane: "", rank, step: "" });
    }
  }

  /** The cards of a step, lane by lane. */
  cardsOfStep(step: BoardRecord): readonly BoardRecord[] {
    const phase = refField(step, "phase");
    const map = phase === "" ? "" : refField(this.board.record(phase), "map");
    return this.board.children("lane", map).flatMap((lane) => this.board.children("card", lane.id, step.id));
  }

  /** Puts cards of the tray back where they were taken from, now that these lanes or steps are restored. */
  returnCards(back: ReadonlySet<string>): void {
    const here = (id: string): boolean => back.has(id) || this.board.live(id as ID) !== undefined;
    for (const card of this.board.children("card", "", "")) {
      const { lane, rank, step } = (card.fields.from ?? {}) as {
        lane?: string;
        rank?: string;
        step?: string;
      };
      if (lane === undefined || rank === undefined || step === undefined) continue;
      if ((back.has(lane) || back.has(step)) && here(lane) && here(step)) {
        this.set(card, { from: null, lane, rank, step });
      }
    }
  }

  /** Keeps the number of a sealing activity's cards that everyone is shown. */
  recount(activity: ID | "", by: number): void {
    const record = activity === "" ? undefined : this.board.live(activity);
    if (record === undefined || !isSealing(record) || record.fields.showCount === false) return;
    this.set(record, { count: Number(record.fields.count ?? 0) + by });
  }
}

/** Whether an activity keeps its cards to their authors. */
export function isSealing(activity: BoardRecord): boolean {
  return activity.fields.sealed === true && (activity.fields.state ?? "open") === "open";
}

export function placeOf(card: BoardRecord): Json {
  return { lane: card.fields.lane ?? "", rank: card.fields.rank ?? "", step: card.fields.step ?? "" };
}

function nearest(
  siblings: readonly BoardRecord[],
  from: number,
  step: 1 | -1,
  self: ID | undefined,
): BoardRecord | undefined {
  for (let i = from; i >= 0 && i < siblings.length; i += step) {
    if (siblings[i]?.id !== self) return siblings[i];
  }
  return undefined;
}

/** What is wrong with a value, apart from what only a board can tell. */
function checkValue(spec: FieldSpec, value: Json): Code | undefined {
  if (value === null || sameJson(value, spec.default)) return undefined;
  switch (spec.type) {
    case "text":
      if (typeof value !== "string" || hasControls(value, spec.line)) return "badOp";
      return textLength(value) > (spec.limit ?? 0) ? "tooLong" : undefined;
    case "word":
      if (typeof value !== "string" || hasControls(value, true)) return "badOp";
      return textLength(value) > (spec.limit ?? 0) ? "tooLong" : undefined;
    case "int":
      if (typeof value !== "number" || value < (spec.min ?? 0) || value > (spec.max ?? 0)) return "badOp";
      return undefined;
    case "bool":
      return typeof value === "boolean" ? undefined : "badOp";
    case "enum":
      return typeof value === "string" && spec.values?.includes(value) ? undefined : "badOp";
    case "ref":
      if (!isID(value)) return "badOp";
      return spec.kinds === undefined || spec.kinds.includes(kindOf(value)) ? undefined : "wrongKind";
    case "rank":
      return isRank(value) ? undefined : "rank";
    case "counts":
    case "place":
      return typeof value === "object" ? undefined : "badOp";
    default:
      return spec.type satisfies never;
  }
}

/** Whether a text has a character that does something instead of showing something; a text may have line ends and tabs. */
export function hasControls(text: string, line = false): boolean {
  return (line ? /\p{Cc}/u : /[^\P{Cc}\n\t]/u).test(text);
}
