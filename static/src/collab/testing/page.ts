// A page on a fake server: the replica as it ships, with everything from outside held by the test.
import { asID, type BoardRecord, type ID } from "../../board/record.ts";
import { BoardReplica } from "../board-replica.ts";
import { MemoryDisk, type MemoryStore } from "../outbox.ts";
import type { Notice } from "../status.ts";
import { type FakeClock, seeded, settled } from "./fake-clock.ts";
import type { FakeServer } from "./fake-server.ts";

/** One browser of one person; its pages share the disk. */
export class Browser {
  readonly person: ID;
  readonly disk = new MemoryDisk();
  readonly #server: FakeServer;
  readonly #clock: FakeClock;
  readonly #rand: (n: number) => number;

  constructor(name: string, server: FakeServer, clock: FakeClock, seed = 1) {
    this.person = asID(`person-${name}`);
    this.#server = server;
    this.#clock = clock;
    this.#rand = seeded(seed * 31 + name.length + name.charCodeAt(0));
  }

  open(): Page {
    return new Page(this, this.disk.page(), this.#server, this.#clock, this.#rand);
  }
}

export class Page {
  readonly replica: BoardReplica;
  readonly notices: Notice[] = [];
  readonly store: MemoryStore;
  readonly #browser: Browser;

  constructor(
    browser: Browser,
    store: MemoryStore,
    server: FakeServer,
    clock: FakeClock,
    rand: (n: number) => number,
  ) {
    this.#browser = browser;
    this.store = store;
    this.replica = new BoardReplica({
      board: server.id,
      socketUrl: "fake:",
      token: async () => "token",
      store,
      connect: server.connector(browser.person),
      inflate: (bytes) => new TextDecoder().decode(bytes),
      clock,
      random: () => rand(1_000_000) / 1_000_000,
      bytes: (bytes) => {
        for (let i = 0; i < bytes.length; i++) bytes[i] = rand(256);
      },
    });
    this.replica.onNotice((notice) => this.notices.push(notice));
  }

  /** Ends the page without a word, as a crash does. */
  crash(loseLast = false): void {
    this.#browser.disk.crash(this.store, loseLast);
    this.replica.close();
  }
}

/** Delivers everything, and lets time pass where nothing is left to deliver. */
export async function calm(server: FakeServer, clock: FakeClock, ms = 20_000): Promise<void> {
  const end = clock.now() + ms;
  for (;;) {
    await settled();
    const [deliver] = server.deliverable();
    if (deliver !== undefined) {
      deliver();
      continue;
    }
    const next = clock.next;
    if (next === undefined || next > end) return;
    await clock.advance(next - clock.now());
  }
}

function record(id: string, fields: BoardRecord["fields"]): BoardRecord {
  return { at: 1, by: asID("person-root"), fields, id: asID(id), kind: id.slice(0, id.indexOf("-")) };
}

/** A map with two phases, three steps, two lanes, a persona and two cards. */
export const sampleRecords: readonly BoardRecord[] = [
  record("map-1", { title: "Mobilfunk" }),
  record("persona-1", { map: "map-1", name: "Jana", rank: "V" }),
  record("phase-1", { map: "map-1", rank: "V", title: "Suchen" }),
  record("phase-2", { map: "map-1", rank: "k", title: "Kaufen" }),
  record("step-1", { phase: "phase-1", rank: "V", title: "Merken" }),
  record("step-2", { phase: "phase-1", rank: "k", title: "Vergleichen" }),
  record("step-3", { phase: "phase-2", rank: "V", title: "Bestellen" }),
  record("lane-1", { map: "map-1", rank: "V", type: "actions" }),
  record("lane-2", { map: "map-1", rank: "k", type: "pains" }),
  record("card-1", { lane: "lane-1", rank: "V", step: "step-1", text: "Tarif" }),
  record("card-2", { lane: "lane-1", rank: "k", step: "step-1", text: "Preis" }),
];
