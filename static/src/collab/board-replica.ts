// The replica at work: takes what the person does, shows it at once, and lets the exchange carry it to the server.
import type { Board } from "../board/board.ts";
import type { Change } from "../board/change.ts";
import type { Code, Op } from "../board/op.ts";
import { predict } from "../board/predict.ts";
import { type ID, newID, textField } from "../board/record.ts";
import { isTextField } from "../board/schema.ts";
import { type Delta, normalDelta } from "../board/text.ts";
import type { Carrier, CarrierEvents } from "./carrier.ts";
import { Exchange } from "./exchange.ts";
import { Ledger } from "./ledger.ts";
import { Listeners } from "./listeners.ts";
import { Outgoing } from "./outgoing.ts";
import type { Pending } from "./pending.ts";
import type { Peer, Presence } from "./presence.ts";
import type { Person, Replica, ReplicaOptions, TextHandle, UndoOutcome } from "./replica.ts";
import {
  type Notice,
  offlineAfter,
  passes,
  type ReadonlyReason,
  readonlyReason,
  type Status,
  stalledAfter,
  statusOf,
} from "./status.ts";
import { type Handle, Handles, type TextHost } from "./textfield.ts";
import { type Direction, type Field, type Inverse, subjectOf, type Taken, UndoHistory } from "./undo.ts";

/** Typing is gathered for this long before it leaves; sealed typing longer, so that its rhythm tells nothing. */
const typingHold = 100;
const sealedHold = 5_000;

export type MakeCarrier = (
  options: ReplicaOptions,
  ledger: Ledger,
  outgoing: Outgoing,
  events: CarrierEvents,
) => Carrier;

const newExchange: MakeCarrier = (options, ledger, outgoing, events) =>
  new Exchange(options.board, ledger, outgoing, { ...options, url: options.socketUrl }, events);

export class BoardReplica implements Replica, TextHost {
  status: Status = { kind: "opening", late: false, blocked: false };
  /** The number of the op that has waited longest, and since when it is that. */
  #first: number | undefined;
  #waitsSince = 0;
  readonly #o: ReplicaOptions;
  readonly #ledger: Ledger;
  readonly #outgoing: Outgoing;
  readonly #exchange: Carrier;
  readonly #history: UndoHistory;
  readonly #handles = new Handles();
  readonly #changes = new Listeners<ReadonlySet<ID>>();
  readonly #statuses = new Listeners<Status>();
  readonly #peerChanges = new Listeners<void>();
  readonly #notices = new Listeners<Notice>();
  readonly #closings = new Listeners<void>();
  #frameAsked = false;
  #callOff: () => void = () => {};

  constructor(options: ReplicaOptions, makeCarrier: MakeCarrier = newExchange) {
    this.#o = options;
    const { board, clock, store } = options;
    const me = (): ID => this.#exchange.me.person;
    this.#history = new UndoHistory(me);
    this.#ledger = new Ledger(board, me, clock.now, {
      textChanged: (id, field, delta) => {
        this.#handles.tell(id, field, delta);
        this.#history.carry(id, field, delta);
      },
      textCameBack: (id, field) => this.#history.forget(id, field),
      acknowledged: (p, entry) => {
        if (entry !== undefined) this.#history.committed(p.gesture, p.op, entry.changes);
        this.#outgoing.settled(p);
      },
      refused: (p, code) => this.#refused(p, code),
      foreign: (id) => this.#history.foreign(id),
      watched: () => [...this.#handles.fields(), ...this.#history.fields()],
    });
    this.#outgoing = new Outgoing({
      board,
      person: me,
      queue: this.#ledger.queue,
      store,
      newClient: () => this.newID("client"),
      seen: () => ({ epoch: this.#ledger.confirmed.epoch, seq: this.#ledger.confirmed.seq }),
      changed: () => this.#tellStatus(),
    });
    this.#exchange = makeCarrier(options, this.#ledger, this.#outgoing, {
      touched: () => this.#touch(),
      peersChanged: () => this.#peerChanges.tell(),
      reloaded: () => this.#notices.tell({ kind: "reset" }),
    });
    this.#exchange.start();
  }

  // Reading.

  get board(): Board {
    return this.#ledger.view();
  }

  get me(): Replica["me"] {
    return this.#exchange.me;
  }

  get people(): ReadonlyMap<ID, Person> {
    return this.#exchange.people;
  }

  get peers(): ReadonlyMap<string, Peer> {
    return this.#exchange.peers.bySession;
  }

  get figures(): Replica["figures"] {
    const { confirmed, queue } = this.#ledger;
    const { reloads } = this.#exchange;
    return { seq: confirmed.seq, pending: queue.size, digest: confirmed.publicDigest(), reloads };
  }

  newID(kind: string): ID {
    return newID(kind, this.#o.bytes);
  }

  now(): number {
    return this.#o.clock.now() + this.#exchange.clockOffset;
  }

  textOf(id: ID, field: string): string {
    return textField(this.board.record(id), field);
  }

  // Asking for changes.

  propose(ops: readonly Op[], label = ""): boolean {
    const gesture = this.#history.begin(label, this.#o.clock.now(), "new");
    let whole = true;
    for (const op of ops) whole = this.#ask(op, gesture, label) && whole;
    this.#history.endEmpty(gesture);
    this.#leave();
    return whole;
  }

  #ask(op: Op, gesture: number, label: string): boolean {
    if (op.type === "text") return this.#type(op.id, op.field, op.delta, undefined, gesture);
    if (!this.#mayAsk(op)) return false;
    const at = this.#o.clock.now();
    const board = this.board;
    const changes = predict(board, op, this.me, at);
    if (typeof changes === "string") {
      this.#notices.tell({ kind: "refused", code: changes, op, label });
      return false;
    }
    if (changes.length === 0) return true;
    const subject = subjectOf(op);
    const before = subject === undefined ? undefined : board.record(subject);
    const p = this.#number(op, { label, gesture, at });
    if (p === undefined) return false;
    this.#ledger.push(p, changes);
    this.#outgoing.keep(p);
    this.#history.addOp(gesture, op, before, changes);
    this.#tellTexts(changes);
    return true;
  }

  /** Ops that are not typing may change texts that somebody types in here. */
  #tellTexts(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change[0] !== "text") continue;
      this.#handles.tell(change[1], change[2], change[3]);
      this.#history.carry(change[1], change[2], change[3]);
    }
  }

  #mayAsk(op: Op): boolean {
    if (this.#exchange.closed !== undefined || !this.#ledger.loaded) return false;
    const why = this.#readonlyWhy();
    return why === undefined || passes(op, why, this.me.role);
  }

  #readonlyWhy(): ReadonlyReason | undefined {
    return this.#outgoing.full ? "full" : readonlyReason(this.board, this.me.role);
  }

  #number(op: Op, more: Parameters<Outgoing["number"]>[1]): Pending | undefined {
    const p = this.#outgoing.number(op, more);
    if (p === undefined) this.#notices.tell({ kind: "full" });
    return p;
  }

  editText(id: ID, field: string): TextHandle {
    return this.#handles.add(this, id, field);
  }

  changeText(id: ID, field: string, delta: Delta, from: Handle): boolean {
    const taken = this.#type(id, field, delta, from, 0);
    this.#leave();
    return taken;
  }

  leaveText(id: ID, field: string): void {
    this.#history.endTyping();
    for (const p of this.#ledger.queue.texts(id, field)) p.holdUntil = 0;
    this.#leave();
  }

  /** Changes a text. A gesture of 0 is typing, which goes on with the typing just before. */
  #type(id: ID, field: string, raw: Delta, from: Handle | undefined, gesture: number): boolean {
    const delta = normalDelta(raw);
    const op: Op = { type: "text", id, field, base: this.#ledger.confirmed.seq, delta };
    const client = this.#outgoing.client;
    const record = this.board.record(id);
    if (record === undefined || !isTextField(record.kind, field) || !this.#mayAsk(op)) return false;
    if (delta.length === 0) return true;
    const at = this.#o.clock.now();
    const why = predict(this.board, op, this.me, at);
    if (typeof why === "string") {
      this.#notices.tell({ kind: "refused", code: why, op, label: "" });
      return false;
    }
    const before = textField(record, field);
    const step = gesture === 0 ? this.#history.beginTyping(id, field, at) : gesture;
    let p: Pending | undefined = this.#ledger.grow(client, id, field, delta);
    if (p === undefined) {
      const hold = gesture !== 0 ? 0 : record.only === undefined ? typingHold : sealedHold;
      p = this.#number(op, { before, gesture: step, at, holdUntil: at + hold });
      if (p === undefined) return false;
      this.#ledger.push(p, [["text", id, field, delta]]);
    }
    if (PLANTED !== "growth-not-kept" || p.op === op) this.#outgoing.keep(p);
    this.#history.addText(step, id, field, delta, before);
    this.#handles.tell(id, field, delta, from);
    return true;
  }

  get gesture(): number {
    return this.#history.newest;
  }

  get undone(): boolean {
    return this.#history.undone;
  }

  undo(within?: Field): UndoOutcome {
    return this.#takeBack("undo", (run) => this.#history.take("undo", () => this.board, run, within));
  }

  undoGesture(gesture: number): UndoOutcome {
    return this.#takeBack("undo", (run) => this.#history.takeOut(gesture, () => this.board, run));
  }

  redo(within?: Field): UndoOutcome {
    return this.#takeBack("redo", (run) => this.#history.take("redo", () => this.board, run, within));
  }

  #takeBack(
    direction: Direction,
    take: (run: (inverse: Inverse, label: string) => boolean) => Taken | undefined,
  ): UndoOutcome {
    const at = this.#o.clock.now();
    let gesture = 0;
    const run = (inverse: Inverse, label: string): boolean => {
      if (gesture === 0) gesture = this.#history.begin(label, at, direction);
      if (inverse.type === "op") return this.#ask(inverse.op, gesture, label);
      return this.#type(inverse.id, inverse.field, inverse.delta, undefined, gesture);
    };
    const outcome = take(run);
    if (outcome === undefined) return "nothing";
    this.#history.endEmpty(gesture);
    this.#leave();
    if (!outcome.whole) this.#notices.tell({ kind: "kept", label: outcome.label });
    return outcome.whole ? "done" : "partly";
  }

  #refused(p: Pending, code: Code | ""): void {
    this.#history.refused(p.gesture, p.op);
    this.#outgoing.settled(p);
    const emptied = p.op.type === "text" && p.op.delta.length === 0;
    if (!emptied && !p.blank) this.#notices.tell({ kind: "refused", code, op: p.op, label: p.label });
  }

  show(presence: Presence): void {
    this.#exchange.show(presence);
  }

  wake(slept = true): void {
    this.#exchange.wake(slept);
  }

  cut(): void {
    this.#exchange.cut();
  }

  close(): void {
    this.#exchange.stop();
    this.#callOff();
    this.#o.store.close();
    this.#closings.tell();
  }

  // Telling.

  onChange(fn: (changed: ReadonlySet<ID>) => void): () => void {
    return this.#changes.add(fn);
  }

  onStatus(fn: (status: Status) => void): () => void {
    return this.#statuses.add(fn);
  }

  onPeers(fn: () => void): () => void {
    return this.#peerChanges.add(fn);
  }

  onNotice(fn: (notice: Notice) => void): () => void {
    return this.#notices.add(fn);
  }

  onClose(fn: () => void): () => void {
    return this.#closings.add(fn);
  }

  #leave(): void {
    this.#exchange.pump();
    this.#touch();
  }

  /** Something may have changed: says so with the next frame. */
  #touch(): void {
    this.#tellStatus();
    if (this.#frameAsked) return;
    this.#frameAsked = true;
    this.#o.clock.frame(() => {
      this.#frameAsked = false;
      this.#ledger.view();
      const { changed } = this.#ledger;
      if (changed.size === 0) return;
      this.#ledger.changed = new Set();
      this.#changes.tell(changed);
    });
  }

  #tellStatus(): void {
    const { closed, live, downSince, blocked } = this.#exchange;
    const { loaded, queue } = this.#ledger;
    const now = this.#o.clock.now();
    const first = queue.list[0]?.n;
    if (this.#first !== first) {
      this.#first = first;
      this.#waitsSince = now;
    }
    const status = statusOf({
      closed,
      loaded,
      live,
      downSince,
      now,
      pending: queue.size,
      waitsSince: this.#waitsSince,
      kept: this.#outgoing.kept,
      blocked,
      readonly: loaded ? this.#readonlyWhy() : undefined,
    });
    this.#callOff();
    const next = [live ? 0 : downSince + offlineAfter, queue.size > 0 ? this.#waitsSince + stalledAfter : 0];
    const late = Math.min(...next.filter((at) => at > now));
    if (late < Infinity) this.#callOff = this.#o.clock.after(late - now, () => this.#tellStatus());
    if (JSON.stringify(status) === JSON.stringify(this.status)) return;
    this.status = status;
    this.#statuses.tell(status);
  }
}
