// What is confirmed, what waits on top of it, and what is seen: the two together.
import { applyChange, applyDraft, applyEntry } from "../board/apply.ts";
import { Board } from "../board/board.ts";
import { bare, type Change, changedID, type Entry } from "../board/change.ts";
import { sameJson } from "../board/codec.ts";
import type { Code } from "../board/op.ts";
import { predict } from "../board/predict.ts";
import { type BoardRecord, type ID, kindOf, type Seq, textField } from "../board/record.ts";
import { isTextField } from "../board/schema.ts";
import { type Delta, diffText, erasedBy } from "../board/text.ts";
import { Absent } from "./absent.ts";
import { Acknowledged } from "./acknowledged.ts";
import { type Pending, PendingQueue, type TextPending } from "./pending.ts";
import type { Snapshot } from "./protocol.ts";

export interface LedgerEvents {
  /** A text that is seen changed, and not by the own hand at that place. */
  textChanged(id: ID, field: string, delta: Delta): void;
  /** What was erased of a text is there again, and stays. */
  textCameBack(id: ID, field: string): void;
  /** An own op came back from the log. */
  acknowledged(p: Pending, entry: Entry | undefined): void;
  /** An own op was refused; code is "" where only the fact is known. */
  refused(p: Pending, code: Code | ""): void;
  /** Somebody else changed a record, or may have. */
  foreign(id: ID): void;
  /** Fields whose texts are watched, because they are being edited or typing in them can be undone. */
  watched(): Iterable<{ id: ID; field: string }>;
}

export class Ledger {
  confirmed: Board;
  /** The last batch of the confirmed board; "" while there is none. */
  batch = "";
  readonly queue = new PendingQueue();
  readonly absent = new Absent((id) => this.confirmed.record(id) !== undefined);
  /** Ids of records that may look different since this was last emptied. */
  changed = new Set<ID>();
  /** Text ops that the server could not place, for the text had moved on too far: they wait for new numbers. */
  #outdated: Pending[] = [];
  readonly #events: LedgerEvents;
  readonly #me: () => ID;
  readonly #now: () => number;
  readonly acknowledged = new Acknowledged();
  #seen: Board;
  #dirty = false;
  /** A reset was heard, and the board that it is about has not come. */
  #losing = false;
  /** Ids of the records that pending ops change. */
  #overlaid = new Set<ID>();
  /** Ids that pending ops name; where an entry changes one of them, what they come to is worked out anew. */
  #named = new Set<string>();

  constructor(board: ID, me: () => ID, now: () => number, events: LedgerEvents) {
    this.confirmed = new Board(board);
    this.#seen = this.confirmed;
    this.#me = me;
    this.#now = now;
    this.#events = events;
  }

  get loaded(): boolean {
    return this.batch !== "";
  }

  /** The board to draw: confirmed with every pending op that still applies. */
  view(): Board {
    if (this.#dirty) this.#rebuild();
    return this.#seen;
  }

  /** Adds an op that was just asked for, with the changes it should come to. */
  push(p: Pending, changes: readonly Change[]): void {
    this.view();
    this.queue.push(p);
    this.#overlay(p, changes);
  }

  /** Adds typing to a text op that waits, or says that there is none to add to. */
  grow(client: ID, id: ID, field: string, delta: Delta): TextPending | undefined {
    const p = this.queue.growing(client, id, field);
    if (p === undefined) return undefined;
    this.view();
    this.queue.grow(p, delta);
    this.#overlay(p, [["text", id, field, delta]]);
    return p;
  }

  /** Takes entries in; false when some before them are missing. */
  takeEntries(from: Seq, to: Seq, batch: string, items: readonly Entry[]): boolean {
    if (from > this.confirmed.seq + 1) return false;
    if (to <= this.confirmed.seq) return true;
    for (const entry of items) {
      if (entry.seq > this.confirmed.seq) this.#takeEntry(entry);
    }
    if (this.confirmed.stopped) return true;
    this.confirmed.seq = to;
    this.batch = batch;
    return true;
  }

  /** Takes entries in on a board that was just loaded; the pending ops are made to fit afterwards (refitting). */
  replay(from: Seq, to: Seq, batch: string, items: readonly Entry[]): boolean {
    if (from > this.confirmed.seq + 1) return false;
    const ahead = to > this.confirmed.seq;
    for (const entry of items) {
      const own = entry.seq > this.confirmed.seq ? this.queue.find(entry.client, entry.n) : undefined;
      applyEntry(this.confirmed, entry);
      for (const change of entry.changes) this.changed.add(changedID(change) ?? this.confirmed.id);
      if (own !== undefined) this.#settle(own, entry.refused as Code | undefined, entry);
    }
    if (ahead && !this.confirmed.stopped) {
      this.confirmed.seq = to;
      this.batch = batch;
    }
    return true;
  }

  #settle(own: Pending, refused: Code | "" | undefined, entry: Entry | undefined): void {
    this.#dirty = true;
    if ((refused === "base" || refused === "") && own.op.type === "text" && !own.asked) {
      // Perhaps it was only too old. Asked for once more, it is taken, or the reason is told.
      own.asked = true;
      this.#outdated.push(own);
      return;
    }
    this.queue.remove(own);
    if (refused !== undefined) {
      this.#events.refused(own, refused);
    } else {
      this.acknowledged.add(own, this.#now());
      this.#events.acknowledged(own, entry);
    }
  }

  #takeEntry(entry: Entry): void {
    const own = this.queue.find(entry.client, entry.n);
    if (own !== undefined && entry.refused !== undefined) {
      applyEntry(this.confirmed, entry);
      if (entry.refused === "base" && own.op.type === "text") this.#outdated.push(own);
      else this.#settleRefused(own, entry.refused as Code);
      return;
    }
    if (this.#replacesText(entry, own)) {
      this.refitting(() => {
        applyEntry(this.confirmed, entry);
        if (own !== undefined) this.queue.remove(own);
      });
    } else {
      this.#carryTexts(entry, own);
      applyEntry(this.confirmed, entry);
      if (PLANTED === "own-entry-twice" && own !== undefined) {
        for (const change of entry.changes) applyChange(this.confirmed, change, entry.seq, entry.at);
      }
      if (own !== undefined) this.queue.remove(own);
    }
    for (const change of entry.changes) {
      const id = changedID(change);
      if (id === undefined) continue;
      this.changed.add(id);
      if (this.#overlaid.has(id) || this.#named.has(id)) this.#dirty = true;
      if (entry.by !== this.#me()) this.#events.foreign(id);
    }
    if (own === undefined) return;
    this.#dirty = true;
    this.acknowledged.add(own, this.#now());
    this.#events.acknowledged(own, entry);
  }

  /** Whether an entry changes a text otherwise than by an edit of somebody else, or by the own text op. */
  #replacesText(entry: Entry, own: Pending | undefined): boolean {
    return entry.changes.some((wrapped) => {
      const change = bare(wrapped);
      if (change[0] === "text") return own !== undefined && own.op.type !== "text";
      if (change[0] !== "put") return false;
      const { id } = change[1];
      const before = this.confirmed.record(id);
      // A record that the log had lost comes back, and somebody still has it open.
      if (before === undefined) return [...this.#events.watched()].some((field) => field.id === id);
      const fields = new Set([...Object.keys(before.fields), ...Object.keys(change[1].fields)]);
      return [...fields].some(
        (field) =>
          isTextField(before.kind, field) && textField(before, field) !== textField(change[1], field),
      );
    });
  }

  #carryTexts(entry: Entry, own: Pending | undefined): void {
    let ownText = own?.op.type === "text" ? (own as TextPending) : undefined;
    for (const wrapped of entry.changes) {
      const change = bare(wrapped);
      if (change[0] !== "text") continue;
      const [, id, field, delta] = change;
      if (ownText?.op.id === id && ownText.op.field === field) {
        this.#settleText(ownText, delta);
        ownText = undefined;
      } else {
        this.#tell(id, field, this.queue.carry(id, field, delta));
      }
    }
    // What the own op was about had gone by other hands: it came to nothing.
    if (ownText !== undefined) this.#settleText(ownText, []);
  }

  #settleText(own: TextPending, real: Delta): void {
    const { id, field, delta } = own.op;
    const first = this.queue.texts(id, field)[0] === own;
    if (first && sameJson(delta, real)) {
      this.queue.remove(own);
    } else if (first) {
      this.#tell(id, field, this.queue.replace(own, real));
    } else {
      this.#tell(id, field, this.queue.takeOut(own));
      this.#tell(id, field, this.queue.carry(id, field, real));
    }
  }

  /** Takes an op back that no server will ever decide. */
  giveUp(own: Pending): void {
    this.#settleRefused(own, "badOp");
  }

  #settleRefused(own: Pending, code: Code | ""): void {
    if (own.op.type === "text") {
      const text = own as TextPending;
      this.#tell(text.op.id, text.op.field, this.queue.takeOut(text));
    } else {
      this.queue.remove(own);
    }
    this.#dirty = true;
    this.#events.refused(own, code);
  }

  #tell(id: ID, field: string, delta: Delta): void {
    this.#dirty = true;
    if (delta.length > 0) this.#events.textChanged(id, field, delta);
  }

  /** Replaces the own sealed records by these. */
  takeOwn(records: readonly BoardRecord[]): void {
    const ids = new Set(records.map((record) => record.id));
    for (const record of [...this.confirmed.all()]) {
      if (record.only !== this.#me() || ids.has(record.id)) continue;
      this.confirmed.purge(record.id);
      this.changed.add(record.id);
    }
    for (const record of records) this.#storeAnew(this.confirmed, record, this.confirmed.record(record.id));
  }

  /** The log has lost something: what the next snapshot lacks may come again. */
  lose(): void {
    this.#losing = this.loaded;
  }

  /** Begins again from a snapshot; what waits stays. The own sealed records are kept until they are sent anew. */
  takeSnapshot(snapshot: Snapshot): void {
    const old = this.confirmed;
    const board = new Board(old.id);
    for (const record of snapshot.records) this.#storeAnew(board, record, old.record(record.id));
    for (const record of old.all()) {
      if (board.record(record.id) !== undefined) continue;
      this.changed.add(record.id);
      if (record.only === this.#me()) board.store(record);
      else if (this.#losing && record.only === undefined) this.absent.lose(record.id, this.#now());
    }
    this.#losing = false;
    board.seq = snapshot.seq;
    board.epoch = snapshot.epoch;
    board.at = snapshot.at;
    this.confirmed = board;
    this.batch = snapshot.batch;
  }

  /** Stores a record that may be the same as the one known; then that one stays, so that nothing is drawn anew. */
  #storeAnew(board: Board, record: BoardRecord, known: BoardRecord | undefined): void {
    if (known !== undefined && sameJson(known as never, record as never)) {
      board.store(known);
      return;
    }
    board.store(record);
    this.changed.add(record.id);
  }

  /** Settles what the server says it has decided although its entry was not seen here. To be called in refitting. */
  settleUnseen(client: ID, n: number, refused: readonly number[], sealedOnly = false): void {
    for (const p of this.queue.of(client)) {
      if (p.n > n) continue;
      if (sealedOnly && ![...p.names].some((id) => this.confirmed.record(id as ID)?.only === this.#me()))
        continue;
      this.#settle(p, refused.includes(p.n) ? "" : undefined, undefined);
    }
  }

  /** Hands over the text ops that need new numbers. */
  takeOutdated(): ReadonlySet<Pending> {
    const outdated = new Set(this.#outdated);
    this.#outdated = [];
    return outdated;
  }

  /** Own ops from n on that the server acknowledged once; they wait again. */
  reopen(client: ID, n: number): readonly Pending[] {
    const lost = this.acknowledged.take(client, n);
    if (lost.length === 0) return lost;
    for (const p of lost) p.sent = false;
    this.queue.pushFront(lost);
    this.#dirty = true;
    return lost;
  }

  /** Forgets everything that waits. */
  dropPending(): void {
    this.queue.clear();
    this.#dirty = true;
  }

  /**
   * Does something that may replace whole texts, makes the pending text ops fit, and tells what that changed. Where it
   * loads the board anew, what then looks otherwise others may have changed.
   */
  refitting(change: () => void): void {
    const before = this.view();
    const old = this.confirmed;
    const texts = [...this.#events.watched()].map(({ id, field }) => ({
      id,
      field,
      text: textField(before.record(id), field),
    }));
    change();
    const back = new Set<string>();
    this.#rebuild(back);
    const told = new Set<string>();
    for (const { id, field, text } of texts) {
      const key = `${id} ${field}`;
      if (told.has(key)) continue;
      told.add(key);
      const delta = diffText(text, textField(this.#seen.record(id), field));
      if (delta.length > 0) this.#events.textChanged(id, field, delta);
      if (back.has(key)) this.#events.textCameBack(id, field);
    }
    for (const record of old.seq && old !== this.confirmed ? this.confirmed.all() : []) {
      const { id } = record;
      if (!sameJson(old.record(id) as never, record as never)) this.#events.foreign(id);
    }
  }

  /** Makes what is seen anew; with back it refits texts, and adds those of which pending ops then erase less. */
  #rebuild(back?: Set<string>): void {
    this.#dirty = false;
    for (const id of this.#overlaid) this.changed.add(id);
    this.#overlaid = new Set();
    this.#named = new Set();
    if (this.queue.size === 0) {
      this.#seen = this.confirmed;
      return;
    }
    this.#seen = this.confirmed.draft();
    const texts = new Map<string, string>();
    for (const p of this.queue.list) {
      if (back !== undefined && p.op.type === "text") {
        const text = p as TextPending;
        const key = `${text.op.id} ${text.op.field}`;
        const erased = erasedBy(text.op.delta);
        texts.set(
          key,
          this.queue.refit(text, texts.get(key) ?? textField(this.#seen.record(text.op.id), text.op.field)),
        );
        if (erasedBy(text.op.delta) < erased) back.add(key);
      }
      const changes = predict(this.#seen, p.op, { person: this.#me() }, p.at);
      if (typeof changes !== "string") this.#overlay(p, changes);
      // What is typed in a card that is gone stays in its text until the server refuses it: the handles have it too.
      else this.#overlay(p, p.op.type === "text" ? [["text", p.op.id, p.op.field, p.op.delta]] : []);
    }
  }

  #overlay(p: Pending, changes: readonly Change[]): void {
    if (this.#seen === this.confirmed) this.#seen = this.confirmed.draft();
    applyDraft(this.#seen, changes, p.at);
    for (const name of p.names) this.#named.add(name);
    for (const change of changes) {
      const id = changedID(change);
      if (id === undefined) continue;
      this.#overlaid.add(id);
      this.changed.add(id);
    }
  }
}

/** Whether a field of a record is a text that people edit. */
export function isText(id: ID, field: string): boolean {
  return isTextField(kindOf(id), field);
}
