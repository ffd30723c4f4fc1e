// The talk with the server: hello, catching up, what leaves, what arrives. The ledger keeps the outcome.
import type { Role } from "../board/op.ts";
import type { ID } from "../board/record.ts";
import type { Carrier, CarrierEvents } from "./carrier.ts";
import type { Clock } from "./clock.ts";
import { carryOut, Joining } from "./joining.ts";
import type { Ledger } from "./ledger.ts";
import { Link, type LinkOptions } from "./link.ts";
import type { Outgoing } from "./outgoing.ts";
import { newBlanks, newPending, type Pending } from "./pending.ts";
import { Peers, type Presence, Shown } from "./presence.ts";
import {
  type ClientMessage,
  type Mark,
  protocolVersion,
  type ServerMessage,
  type Snapshot,
} from "./protocol.ts";
import type { Person } from "./replica.ts";
import { Sender } from "./sender.ts";
import type { ClosedReason } from "./status.ts";

const markPatience = 3_000;
/** The server takes 64 claims of a session, and 64 messages in a frame. */
const mostClaims = 48;

export class Exchange implements Carrier {
  me: { person: ID; role: Role; session: string } = { person: "" as ID, role: "", session: "" };
  readonly people = new Map<ID, Person>();
  readonly peers = new Peers();
  /** The session is caught up: what is asked for leaves at once. */
  live = false;
  closed: ClosedReason | undefined;
  downSince: number;
  /** How far the server's clock is ahead of this computer's. */
  clockOffset = 0;
  /** How often the board was loaded anew. */
  reloads = 0;
  readonly #board: ID;
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #outgoing: Outgoing;
  readonly #events: CarrierEvents;
  readonly #link: Link;
  readonly #sender: Sender;
  readonly #shown: Shown;
  #joining: Joining | undefined;
  #fromScratch = false;
  /** For a planted bug alone. */
  #seqBeforeHole = 0;
  #callOffDoubt: () => void = () => {};

  constructor(board: ID, ledger: Ledger, outgoing: Outgoing, options: LinkOptions, events: CarrierEvents) {
    this.#board = board;
    this.#ledger = ledger;
    this.#outgoing = outgoing;
    this.#events = events;
    this.#clock = options.clock;
    this.downSince = this.#clock.now();
    this.#link = new Link(options, {
      opened: (token) => this.#hello(token),
      message: (message) => this.#receive(message),
      snapshot: (snapshot) => this.#takeSnapshot(snapshot),
      misunderstood: () => this.#misunderstood(),
      waits: () => ledger.queue.list.some((p) => p.sent),
      down: () => this.#down(),
      stopped: (why) => {
        this.closed = why;
        this.#down();
      },
    });
    this.#sender = new Sender({
      queue: ledger.queue,
      absent: ledger.absent,
      clock: this.#clock,
      send: (messages) => this.#link.send(messages),
      base: () =>
        PLANTED === "base-before-hole" && this.#seqBeforeHole > 0
          ? this.#seqBeforeHole
          : ledger.confirmed.seq,
    });
    this.#shown = new Shown(this.#clock, (message) => {
      if (this.live) this.#link.send([message]);
      return this.live;
    });
  }

  get blocked(): boolean {
    return this.#link.blocked;
  }

  start(): void {
    this.#link.start();
  }

  stop(): void {
    this.#link.stop("closed");
    this.#shown.close();
    this.#sender.close();
    this.#callOffDoubt();
  }

  wake(slept: boolean): void {
    this.#link.wake(slept);
  }

  cut(): void {
    this.#link.cut();
  }

  /** Sends what may leave now. */
  pump(): void {
    if (this.live) this.#sender.pump();
  }

  show(presence: Presence): void {
    this.#shown.show(presence);
  }

  #hello(token: string): void {
    const { confirmed, batch, loaded } = this.#ledger;
    const known = loaded && !this.#fromScratch;
    this.#link.send([
      {
        type: "hello",
        token,
        board: this.#board,
        epoch: known ? confirmed.epoch : 0,
        seq: known ? confirmed.seq : -1,
        batch: known ? batch : "",
        protocol: protocolVersion,
      },
      ...claims(this.#clients()),
    ]);
  }

  /**
   * Something among what is under way is an op that this server cannot read, written by an older page perhaps. Rather
   * than never opening the board again, the ops go out one by one, and the one that cannot be read is given up.
   */
  #misunderstood(): boolean {
    const underWay = this.#ledger.queue.list.filter((p) => p.sent);
    const [first] = underWay;
    if (first === undefined) return false;
    if (this.#sender.oneByOne && underWay.length === 1) this.#ledger.giveUp(first);
    this.#sender.oneByOne = true;
    return true;
  }

  #down(): void {
    if (this.live) this.downSince = this.#clock.now();
    this.live = false;
    this.#joining = undefined;
    this.#seqBeforeHole = 0;
    this.#sender.disconnected();
    this.#callOffDoubt();
    if (this.peers.bySession.size > 0) {
      this.peers.bySession.clear();
      this.#events.peersChanged();
    }
    this.#events.touched();
  }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case "welcome":
        this.#welcome(message);
        break;
      case "own":
      case "entries":
      case "hole":
      case "digest":
        if (this.#joining === undefined && message.type === "own") this.#rejoin(true);
        if (this.#joining !== undefined) this.#joining.take(message);
        else if (message.type !== "own") this.#takeLive(message);
        break;
      case "mark":
        if (this.#joining !== undefined) this.#joining.takeMark(message);
        else if (!this.#sender.isOpen(message.client)) this.#openFor(message);
        else this.#doubt(message.client, message.n);
        break;
      case "gap":
        this.#gap(message.client, message.n);
        break;
      case "busy":
        this.#sender.again(message.client, message.n, message.retryMs);
        break;
      case "people":
        for (const person of message.items) this.people.set(person.id, person);
        this.#events.peersChanged();
        break;
      case "presence":
        if (this.peers.take(message.items, this.me.session, this.#clock.now())) this.#events.peersChanged();
        break;
      case "role":
        this.me = { ...this.me, role: message.role };
        break;
      case "reset":
        this.#ledger.lose();
        if (this.#joining === undefined) this.#rejoin(true);
        else this.#link.send(claims(this.#clients())); // each reset asks for them anew
        if (PLANTED === "outbox-dropped-on-reset") this.#ledger.dropPending();
        break;
      case "beat":
        this.clockOffset = message.now - this.#clock.now();
        break;
      case "bye":
        break;
      default:
        message satisfies never;
    }
    this.#tryJoin();
    this.pump();
    this.#events.touched();
  }

  #welcome(message: Extract<ServerMessage, { type: "welcome" }>): void {
    const { person, role, session } = message;
    if (this.me.person !== "" && person !== this.me.person) {
      this.#link.stop("signin");
      return;
    }
    this.#link.accepted();
    this.#sender.atOnce = message.limits.opsBurst;
    this.me = { person, role, session };
    this.clockOffset = message.now - this.#clock.now();
    const joining = new Joining(
      this.#ledger.loaded && !this.#fromScratch ? this.#ledger.confirmed.seq : -1,
      true,
    );
    joining.expect(this.#clients());
    this.#joining = joining;
    void this.#adopt(joining);
  }

  /** Takes over the outboxes of older pages, whose ops then leave before anything that is asked for from now on. */
  async #adopt(joining: Joining): Promise<void> {
    const found = await this.#outgoing.adopt();
    const at = this.#clock.now();
    for (const { client, items } of found) {
      for (const item of items) {
        this.#ledger.queue.push(newPending(client, item.n, item.op, { before: item.before ?? "", at }));
      }
    }
    if (this.#joining !== joining) return;
    const clients = new Set(found.map(({ client }) => client));
    clients.add(this.#outgoing.client);
    joining.expect(clients);
    joining.adopted = true;
    this.#link.send(claims(clients));
    this.#tryJoin();
    this.#events.touched();
  }

  /** Everyone whose ops may still be undecided, or may have been lost after all. */
  #clients(): ReadonlySet<ID> {
    const { queue } = this.#ledger;
    const all = new Set([this.#outgoing.client, ...queue.clients(), ...this.#ledger.acknowledged.clients()]);
    return new Set([...all].slice(0, mostClaims));
  }

  /** The server catches this session up on the same connection: the claims are made again. */
  #rejoin(own: boolean): void {
    this.live = false;
    this.#sender.disconnected();
    this.#joining = new Joining(this.#ledger.confirmed.seq, own);
    this.#joining.adopted = true;
    this.#joining.expect(this.#clients());
    this.#link.send(claims(this.#clients()));
  }

  #takeSnapshot(snapshot: Snapshot): void {
    if (this.#joining === undefined) this.#rejoin(false);
    this.#joining?.takeSnapshot(snapshot);
    this.#tryJoin();
    this.#events.touched();
  }

  #tryJoin(): void {
    const joining = this.#joining;
    const ledger = this.#ledger;
    if (joining === undefined || !joining.whole || (joining.snapshot === undefined && !ledger.loaded)) return;
    this.#joining = undefined;
    const again = joining.snapshot !== undefined && ledger.loaded;
    const whole = carryOut(ledger, joining, (p) => this.#outgoing.keep(p));
    if (this.#stoppedByEntry() || !whole) {
      this.#link.restart();
      return;
    }
    this.#fromScratch = false;
    for (const mark of joining.marks.values()) this.#openFor(mark);
    this.#renumberOutdated();
    this.live = true;
    this.#shown.again();
    for (const message of joining.arrived) if (message.type === "digest") this.#takeLive(message);
    if (again) {
      this.reloads++;
      this.#events.reloaded();
    }
    this.pump();
  }

  #takeLive(message: Extract<ServerMessage, { type: "entries" | "hole" | "digest" }>): void {
    const ledger = this.#ledger;
    if (message.type === "digest") {
      if (message.seq !== ledger.confirmed.seq || message.public === ledger.confirmed.publicDigest()) return;
      this.#fromScratch = true;
      this.#link.send([{ ...message, public: ledger.confirmed.publicDigest() }]); // it is counted
      this.#link.restart(1_000 * this.reloads); // a server that is wrong is not asked all the time
      return;
    }
    const items = message.type === "entries" ? message.items : [];
    if (PLANTED === "base-before-hole" && items.length === 0) this.#seqBeforeHole = ledger.confirmed.seq;
    if (!ledger.takeEntries(message.from, message.to, message.batch, items)) this.#link.restart();
    this.#renumberOutdated();
    this.#stoppedByEntry();
  }

  /** An entry of a newer release ends this page's part; what is pending waits for the next page. */
  #stoppedByEntry(): boolean {
    if (this.#ledger.confirmed.stopped) this.#link.stop("update");
    return this.#ledger.confirmed.stopped;
  }

  /** Lets a client's ops go, now that it is known how far they are decided. */
  #openFor(mark: Mark): void {
    const { queue } = this.#ledger;
    const left = queue.of(mark.client);
    const first = left[0]?.n ?? 0;
    this.#sender.open(mark.client);
    if (first <= mark.n + 1) return;
    // The server has not read what an older page had seen, or the log has lost it, and may get it back: whichever it is,
    // nothing is done twice while the numbers stay.
    if (mark.n >= 0 && this.#outgoing.isStale(mark)) {
      queue.pushFront(newBlanks(mark.client, mark.n + 1, first, this.#clock.now()));
    } else {
      this.#moveRest(left);
    }
  }

  /** A mark that nobody asked for: if the entry it speaks of does not come, it was missed. */
  #doubt(client: ID, n: number): void {
    this.#callOffDoubt();
    this.#callOffDoubt = this.#clock.after(markPatience, () => {
      if (this.live && this.#ledger.queue.of(client).some((p) => p.n <= n)) this.#link.restart();
    });
  }

  /** The server waits for an op it has not got. */
  #gap(client: ID, n: number): void {
    const ledger = this.#ledger;
    const { queue } = ledger;
    if (queue.find(client, n) === undefined) {
      ledger.refitting(() => {
        for (const p of ledger.reopen(client, n)) this.#outgoing.keep(p);
      });
    }
    if (queue.find(client, n) === undefined) {
      this.#sender.shut(client);
      this.#link.send(claims([client]));
    } else {
      this.#sender.again(client, n, 0);
    }
  }

  /** Text ops the server could not place go out once more, and with them what has not left yet. */
  #renumberOutdated(): void {
    const outdated = this.#ledger.takeOutdated();
    for (const client of new Set([...outdated].map((p) => p.client))) {
      // Those behind them stay: from an older page they may be under way.
      this.#moveRest([...outdated].filter((p) => p.client === client));
    }
  }

  #moveRest(items: readonly Pending[]): void {
    const client = this.#outgoing.moveRest(items);
    if (client !== undefined) this.#link.send(claims([client]));
  }
}

function claims(clients: Iterable<ID>): readonly ClientMessage[] {
  return [...clients].map((client) => ({ type: "claim", client }));
}
