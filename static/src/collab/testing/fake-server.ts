// A server in one object: small, but true to the rules of the wire. Frames travel only when a test lets them.
import { applyEntry } from "../../board/apply.ts";
import { Board } from "../../board/board.ts";
import { bare, type Change, type Entry } from "../../board/change.ts";
import type { Op } from "../../board/op.ts";
import { predict } from "../../board/predict.ts";
import { asID, type BoardRecord, type ID } from "../../board/record.ts";
import { type Delta, transformDelta } from "../../board/text.ts";
import type { Connector, TransportEvents } from "../link.ts";
import type { ClientMessage, Numbered, ServerMessage } from "../protocol.ts";

interface ClientMark {
  by: ID;
  n: number;
  refused: number[];
}

type Down = { text: string } | { snapshot: string } | { close: number };

/** One socket: frames wait on it in both directions until they are delivered. */
export class Wire {
  readonly up: ClientMessage[][] = [];
  readonly down: Down[] = [];
  readonly person: ID;
  alive = true;
  opened = false;
  seated = false;
  stalled = new Map<ID, number>();
  readonly events: TransportEvents;

  constructor(person: ID, events: TransportEvents) {
    this.person = person;
    this.events = events;
  }

  say(...messages: ServerMessage[]): void {
    if (this.alive) this.down.push({ text: JSON.stringify(messages) });
  }

  /** Breaks it: what is on its way is lost in both directions. */
  cut(code = 1006): void {
    if (!this.alive) return;
    this.alive = false;
    this.up.length = 0;
    this.down.length = 0;
    this.events.closed(code);
  }
}

export interface FakeServerOptions {
  /** Whether a resume is answered by a snapshot although the log has the entries. */
  readonly forgetful?: () => boolean;
  /** Whether these ops are turned away for now. */
  readonly busy?: () => boolean;
  /** How many ops it takes at once. */
  readonly opsBurst?: number;
  /** Whether this person does not get through. */
  readonly away?: (person: ID) => boolean;
  /** Whether this is an op that the server cannot read. */
  readonly poison?: (op: Op) => boolean;
}

export class FakeServer {
  #held: (() => void)[] | undefined;
  readonly id = asID("board-test");
  board = new Board(this.id);
  log: Entry[] = [];
  epoch = 1;
  wires: Wire[] = [];
  /** Text ops that were made against an older text are refused. */
  floor = 0;
  /** How many ops came, message by message. */
  readonly opsCame: number[] = [];
  /** How often a page said that its digest differs. */
  differing = 0;
  #clients = new Map<ID, ClientMark>();
  readonly #options: FakeServerOptions;
  readonly #now: () => number;

  constructor(records: readonly BoardRecord[], now: () => number, options: FakeServerOptions = {}) {
    this.#now = now;
    this.#options = options;
    this.#append({
      by: asID("person-root"),
      client: "",
      n: 0,
      changes: records.map((record) => ["put", record] as const),
    });
  }

  connector(person: ID): Connector {
    return (_url, events) => {
      const wire = new Wire(person, events);
      this.wires.push(wire);
      return {
        send: (text) => {
          if (!wire.alive) return;
          const messages: ClientMessage[] = JSON.parse(text);
          this.differing += messages.filter((message) => message.type === "digest").length;
          wire.up.push(messages);
        },
        close: () => {
          wire.alive = false;
          wire.up.length = 0;
          wire.down.length = 0;
        },
      };
    };
  }

  /** Something that can be delivered now: opening a socket, or the oldest frame of a direction. */
  deliverable(): readonly (() => void)[] {
    this.wires = this.wires.filter((wire) => wire.alive);
    const out: (() => void)[] = [];
    for (const wire of this.wires) {
      if (!wire.opened && this.#options.away?.(wire.person)) continue;
      if (!wire.opened) {
        out.push(() => {
          wire.opened = true;
          wire.events.opened();
        });
        continue;
      }
      if (wire.up.length > 0) out.push(() => this.#receive(wire, wire.up.shift() ?? []));
      if (wire.down.length > 0) out.push(() => this.#deliver(wire));
    }
    return out;
  }

  #deliver(wire: Wire): void {
    const frame = wire.down.shift();
    if (frame === undefined) return;
    if ("text" in frame) wire.events.received(frame.text);
    else if ("snapshot" in frame) wire.events.received(new TextEncoder().encode(frame.snapshot));
    else wire.cut(frame.close);
  }

  #receive(wire: Wire, messages: readonly ClientMessage[]): void {
    for (const message of messages) {
      switch (message.type) {
        case "hello":
          this.#hello(wire, message);
          break;
        case "claim":
          wire.stalled.delete(message.client);
          wire.say(this.#mark(message.client));
          break;
        case "digest":
          break;
        case "ops":
          if (this.#held === undefined) this.#ops(wire, message.client, message.items);
          else this.#held.push(() => this.#ops(wire, message.client, message.items));
          break;
        case "presence": {
          const { type: _, ...shown } = message;
          for (const other of this.wires) {
            if (other !== wire)
              other.say({
                type: "presence",
                items: [{ session: `session-${wire.person}`, person: wire.person, ...shown }],
              });
          }
          break;
        }
        case "beat":
          wire.say({ type: "beat", now: this.#now() });
          break;
        default:
          message satisfies never;
      }
    }
  }

  #hello(wire: Wire, hello: Extract<ClientMessage, { type: "hello" }>): void {
    const head = this.board.seq;
    const inChain =
      hello.epoch === this.epoch &&
      hello.seq <= head &&
      hello.seq >= 1 &&
      hello.batch === batchID(this.epoch, hello.seq);
    wire.say({
      type: "welcome",
      session: `session-${wire.person}`,
      person: wire.person,
      role: "facilitator",
      epoch: this.epoch,
      seq: head,
      now: this.#now(),
      limits: { opsBurst: this.#options.opsBurst ?? 240 },
    });
    let from = hello.seq;
    if (!inChain && hello.seq > 0) wire.say({ type: "reset", epoch: this.epoch });
    if (!inChain || this.#options.forgetful?.()) {
      const records = [...this.board.all()].filter((record) => record.only === undefined);
      const { at, seq } = this.board;
      const digest = this.board.publicDigest();
      const snapshot = {
        at,
        batch: batchID(this.epoch, seq),
        board: this.id,
        epoch: this.epoch,
        public: digest,
        records,
        seq,
      };
      wire.down.push({ snapshot: JSON.stringify(snapshot) });
      from = seq;
    }
    for (const entry of this.log.slice(from)) this.#sayEntry(wire, entry);
    const own = [...this.board.all()].filter((record) => record.only === wire.person);
    wire.seated = true;
    wire.say(
      { type: "own", seq: head, records: own },
      { type: "digest", seq: head, public: this.board.publicDigest() },
    );
  }

  #mark(client: ID): ServerMessage {
    const known = this.#clients.get(client);
    return { type: "mark", client, n: known?.n ?? 0, refused: known?.refused ?? [], seq: this.board.seq };
  }

  #ops(wire: Wire, client: ID, items: readonly Numbered[]): void {
    const [first] = items;
    if (first === undefined) return;
    this.opsCame.push(items.length);
    if (items.some(({ op }) => this.#options.poison?.(op))) {
      wire.down.length = 0;
      wire.down.push({ close: 4400 });
      return;
    }
    if (this.#options.busy?.()) {
      wire.stalled.set(client, Math.min(first.n, wire.stalled.get(client) ?? first.n));
      wire.say({ type: "busy", client, n: first.n, retryMs: 20 });
      return;
    }
    for (const { n, op } of items) {
      const mark = this.#clients.get(client)?.n ?? 0;
      const stalled = wire.stalled.get(client) ?? 0;
      if (stalled > mark && n > stalled) continue;
      wire.stalled.delete(client);
      if (n <= mark) {
        wire.say(this.#mark(client));
      } else if (n > mark + 1) {
        wire.say({ type: "gap", client, n: mark + 1 });
        wire.stalled.set(client, mark + 1);
      } else {
        this.#decide(wire.person, client, n, op);
      }
    }
  }

  #decide(by: ID, client: ID, n: number, op: Op): void {
    const rebased = op.type === "text" ? this.#rebase(op) : op;
    const changes =
      typeof rebased === "string" ? rebased : predict(this.board, rebased, { person: by }, this.#now());
    if (typeof changes === "string") this.#append({ by, client, n, changes: [], refused: changes });
    else this.#append({ by, client, n, changes });
  }

  #rebase(op: Extract<Op, { type: "text" }>): Op | "base" | "badOp" {
    if (op.base < this.floor) return "base";
    if (op.base > this.board.seq) return "badOp";
    let { delta } = op as { delta: Delta };
    for (const entry of this.log.slice(op.base)) {
      for (const wrapped of entry.changes) {
        const change = bare(wrapped);
        if (change[0] === "text" && change[1] === op.id && change[2] === op.field) {
          delta = transformDelta(delta, change[3], "right");
        }
      }
    }
    return { ...op, delta };
  }

  #append(part: Omit<Entry, "seq" | "at">): void {
    const entry: Entry = { ...part, at: this.#now(), seq: this.board.seq + 1 };
    this.log.push(entry);
    this.#take(entry);
    for (const wire of this.wires) if (wire.seated) this.#sayEntry(wire, entry);
  }

  #take(entry: Entry): void {
    applyEntry(this.board, JSON.parse(JSON.stringify(entry)));
    if (entry.client === "" || entry.by === "") return;
    const mark = this.#clients.get(entry.client) ?? { by: entry.by, n: 0, refused: [] };
    mark.n = entry.n;
    if (entry.refused !== undefined) mark.refused.push(entry.n);
    this.#clients.set(entry.client, mark);
  }

  #sayEntry(wire: Wire, entry: Entry): void {
    const { seq } = entry;
    const span = { from: seq, to: seq, batch: batchID(this.epoch, seq) };
    const author = entry.by === wire.person;
    const seen = entry.changes.filter((change) => sees(change, wire.person));
    if (entry.refused !== undefined && !author) wire.say({ type: "hole", ...span });
    else if (seen.length === entry.changes.length || author)
      wire.say({ type: "entries", ...span, items: [{ ...entry, changes: seen }] });
    else if (seen.length === 0) wire.say({ type: "hole", ...span });
    else
      wire.say({ type: "entries", ...span, items: [{ ...entry, by: "", client: "", n: 0, changes: seen }] });
  }

  /** Breaks every connection, as a killed server does. */
  /** From now on ops are heard and not answered, until they are let go. */
  hold(): void {
    this.#held = [];
  }

  letGo(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const run of held) run();
  }

  crash(): void {
    for (const wire of [...this.wires]) wire.cut();
    this.wires = [];
  }

  /** The log loses its newest entries, and begins a new epoch, unless no server is left that knew them. */
  loseTail(entries: number, noticed = true): void {
    const kept = this.log.slice(0, Math.max(1, this.log.length - entries));
    this.crash();
    this.log = [];
    this.board = new Board(this.id);
    this.#clients = new Map();
    this.floor = 0;
    if (noticed) this.epoch++;
    for (const entry of kept) {
      this.log.push(entry);
      this.#take(entry);
    }
    this.board.epoch = this.epoch;
  }
}

function sees(change: Change, person: ID): boolean {
  if (change[0] === "only") return change[1] === person;
  return change[0] !== "put" || change[1].only === undefined || change[1].only === person;
}

function batchID(epoch: number, seq: number): string {
  return `batch-${epoch}-${seq}`;
}
