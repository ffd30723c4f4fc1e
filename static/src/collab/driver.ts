// Drives shipped replicas from another process, in lock-step: for simulations written in another language.
//
// One JSON object per line comes in on stdin, one goes out on stdout for each, and nothing happens in between. Time
// stands still until a command moves it. `at` is the time in milliseconds since 1970; a command first runs what the
// page had asked to be called for until then. A device is a browser's disk, a page a tab on it.
//
//   {"do":"begin"}                                      forgets every page and device
//   {"do":"open","at","page","device","board","seed","token","letters"}   opens a page; letters: where its own begin
//   {"do":"crash","at","page","loseLast"}               ends it without a word; loseLast: its last write is lost
//   {"do":"time","at","page"}                           lets time pass
//   {"do":"opened"|"closed","at","page","socket","code"}  the socket opened, or was closed with a code
//   {"do":"frame","at","page","socket","text"|"gzip"}   a frame arrived; gzip is a binary one in base64
//   {"do":"wake","at","page"}                           the network or the page came back
//   {"do":"propose","at","page","ops","label"}          asks for ops as one gesture
//   {"do":"type","at","page","id","field","delta","hold"}  types in a field; hold leaves it open for more
//   {"do":"leave"|"undo"|"redo","at","page"}            ends typing; takes back; does again
//   {"do":"show","at","page","presence"}                shows a presence
//   {"do":"act","at","page"}                            does something that a person might do, chosen by the seed
//   {"do":"look","at","page","records"}                 only looks; records: also every record that is seen
//
// What comes back:
//
//   {"page",
//    "out":     [["connect",socket] | ["send",socket,text] | ["close",socket] ...]   in order
//    "wake":    when the page wants to be called next; null = not at all
//    "journal": [["open",client] | ["put",client,n,op] | ["settle",client,n] | ["move",from,[n...],to,[[n,op]...]] |
//                ["drop",client] ...]      what the outbox was told: every op from its number to its end
//    "notices": [...]                      what the person was told
//    "did":     {"typed","erased","undone","redone","ops","made","taken"}   what the act was; see testing/person.ts
//    "taken":   whether what was asked for was taken; of undo and redo how it went; of a crash whether a write was lost
//    "state":   {"seq","epoch","digest","pending","status","reloads","person","role"[,"seen"[,"records"]]}}
//
// seen comes with a look: a digest of the board as it is seen, of all records, deleted and sealed ones too. A fault of the replica
// itself comes back as {"fault": text}.
import { createInterface } from "node:readline";
import { gunzipSync } from "node:zlib";
import type { Json } from "../board/codec.ts";
import { addSum, recordSum, sumText, zeroSum } from "../board/digest.ts";
import type { Op } from "../board/op.ts";
import type { ID } from "../board/record.ts";
import type { Delta } from "../board/text.ts";
import { BoardReplica } from "./board-replica.ts";
import { MemoryDisk, type MemoryStore, type OutboxStore, type Seen, type StoredOp } from "./outbox.ts";
import type { Presence } from "./presence.ts";
import type { TextHandle } from "./replica.ts";
import type { Notice } from "./status.ts";
import { FakeClock, seeded, settled } from "./testing/fake-clock.ts";
import { type Did, Person } from "./testing/person.ts";

interface Command {
  readonly do: string;
  readonly at: number;
  readonly page: string;
  readonly device: string;
  readonly board: ID;
  readonly seed: number;
  readonly token?: string;
  readonly letters: number;
  readonly loseLast: boolean;
  readonly socket: number;
  readonly code: number;
  readonly text: string;
  readonly gzip: string;
  readonly ops: readonly Op[];
  readonly label: string;
  readonly id: ID;
  readonly field: string;
  readonly delta: Delta;
  readonly hold: boolean;
  readonly presence: Presence;
  readonly records: boolean;
}

/** An outbox that writes down what it is told. */
class Journal implements OutboxStore {
  readonly lines: unknown[][] = [];
  readonly #store: MemoryStore;

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  open(board: ID, person: ID, client: ID): Promise<void> {
    this.lines.push(["open", client]);
    return this.#store.open(board, person, client);
  }

  adopt(board: ID, person: ID): ReturnType<OutboxStore["adopt"]> {
    return this.#store.adopt(board, person);
  }

  put(client: ID, item: StoredOp): Promise<void> {
    this.lines.push(["put", client, item.n, item.op]);
    return this.#store.put(client, item);
  }

  settle(client: ID, n: number, seen: Seen): Promise<void> {
    this.lines.push(["settle", client, n]);
    return this.#store.settle(client, n, seen);
  }

  move(from: ID, gone: readonly number[], to: ID, items: readonly StoredOp[]): Promise<void> {
    this.lines.push(["move", from, gone, to, items.map(({ n, op }) => [n, op])]);
    return this.#store.move(from, gone, to, items);
  }

  drop(client: ID): Promise<void> {
    this.lines.push(["drop", client]);
    return this.#store.drop(client);
  }

  close(): void {
    this.#store.close();
  }
}

/** The board's sum of everything that is seen. */
function seenDigest(replica: BoardReplica): string {
  let sum = zeroSum;
  for (const record of replica.board.all()) sum = addSum(sum, recordSum(record as unknown as Json));
  return sumText(sum);
}

class DrivenPage {
  readonly clock = new FakeClock();
  readonly #disk: MemoryDisk;
  readonly #store: MemoryStore;
  readonly #journal: Journal;
  readonly #replica: BoardReplica;
  readonly #person: Person;
  readonly #sockets = new Map<number, Parameters<BoardReplicaConnector>[1]>();
  readonly #notices: Notice[] = [];
  #out: unknown[][] = [];
  #lastSocket = 0;
  #handle: { id: ID; field: string; handle: TextHandle } | undefined;

  constructor(command: Command, disk: MemoryDisk) {
    const rand = seeded(command.seed);
    this.#disk = disk;
    this.#store = disk.page();
    this.#journal = new Journal(this.#store);
    this.clock.set(command.at);
    this.#replica = new BoardReplica({
      board: command.board,
      socketUrl: "",
      token: async () => command.token ?? "",
      store: this.#journal,
      connect: (_url, events) => {
        this.#lastSocket++;
        const socket = this.#lastSocket;
        this.#sockets.set(socket, events);
        this.#out.push(["connect", socket]);
        return {
          send: (text) => this.#out.push(["send", socket, text]),
          close: () => {
            if (this.#sockets.delete(socket)) this.#out.push(["close", socket]);
          },
        };
      },
      inflate: (bytes) => gunzipSync(bytes).toString("utf8"),
      clock: this.clock,
      random: () => rand(1 << 20) / (1 << 20),
      bytes: (bytes) => {
        for (let i = 0; i < bytes.length; i++) bytes[i] = rand(256);
      },
    });
    this.#person = new Person(this.#replica, rand, command.letters);
    this.#replica.onNotice((notice) => this.#notices.push(notice));
  }

  async run(command: Command): Promise<unknown> {
    if (command.do !== "open") await this.clock.advance(command.at - this.clock.now());
    const { taken, did } = this.#carryOut(command);
    await settled();
    return this.#report(command, taken, did);
  }

  #carryOut(command: Command): { taken?: unknown; did?: Did } {
    const events = this.#sockets.get(command.socket);
    switch (command.do) {
      case "open":
      case "time":
      case "look":
        return {};
      case "crash": {
        const taken = this.#disk.crash(this.#store, command.loseLast);
        this.#replica.close();
        return { taken };
      }
      case "opened":
        events?.opened();
        return {};
      case "closed":
        this.#sockets.delete(command.socket);
        events?.closed(command.code);
        return {};
      case "frame":
        events?.received(command.gzip ? new Uint8Array(Buffer.from(command.gzip, "base64")) : command.text);
        return {};
      case "wake":
        this.#replica.wake();
        return {};
      case "propose":
        return { taken: this.#replica.propose(command.ops, command.label ?? "") };
      case "type":
        return { taken: this.#type(command) };
      case "leave":
        this.#handle?.handle.close();
        this.#handle = undefined;
        return {};
      case "undo":
        return { taken: this.#replica.undo() };
      case "redo":
        return { taken: this.#replica.redo() };
      case "show":
        this.#replica.show(command.presence);
        return {};
      case "act":
        return { did: this.#person.act() };
      default:
        throw new Error(`no such command: ${command.do}`);
    }
  }

  #type(command: Command): boolean {
    const { id, field, delta, hold } = command;
    if (this.#handle !== undefined && (this.#handle.id !== id || this.#handle.field !== field)) {
      this.#handle.handle.close();
      this.#handle = undefined;
    }
    this.#handle ??= { id, field, handle: this.#replica.editText(id, field) };
    const taken = this.#handle.handle.change(delta);
    if (hold) return taken;
    this.#handle.handle.close();
    this.#handle = undefined;
    return taken;
  }

  #report(command: Command, taken: unknown, did: Did | undefined): unknown {
    const out = this.#out;
    this.#out = [];
    const replica = this.#replica;
    const { seq, digest, pending, reloads } = replica.figures;
    const { person, role } = replica.me;
    const { status, board } = replica;
    const { epoch } = board;
    const state: { [name: string]: unknown } = { seq, epoch, digest, pending, status, reloads, person, role };
    if (command.do === "look") state.seen = seenDigest(replica);
    if (command.records) state.records = [...board.all()];
    return {
      page: command.page,
      out,
      wake: this.clock.next ?? null,
      journal: this.#journal.lines.splice(0),
      notices: this.#notices.splice(0),
      did,
      taken,
      state,
    };
  }
}

type BoardReplicaConnector = ConstructorParameters<typeof BoardReplica>[0]["connect"];

const pages = new Map<string, DrivenPage>();
const devices = new Map<string, MemoryDisk>();

async function carryOut(command: Command): Promise<unknown> {
  if (command.do === "begin") {
    pages.clear();
    devices.clear();
    return {};
  }
  if (command.do === "open") {
    const disk = devices.get(command.device) ?? new MemoryDisk();
    devices.set(command.device, disk);
    pages.set(command.page, new DrivenPage(command, disk));
  }
  const page = pages.get(command.page);
  if (page === undefined) throw new Error(`no such page: ${command.page}`);
  const report = await page.run(command);
  if (command.do === "crash") pages.delete(command.page);
  return report;
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer: unknown;
  try {
    answer = await carryOut(JSON.parse(line));
  } catch (error) {
    answer = { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
