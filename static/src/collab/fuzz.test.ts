// Many pages on one board, with every fault the network, the server and the device can have, in seeded runs.
// A failure names its seed; FUZZ_SEED=n runs that one alone, FUZZ_RUNS=n sets how many there are.
import assert from "node:assert/strict";
import { it } from "node:test";
import { changedID } from "../board/change.ts";
import { canonical, type Json } from "../board/codec.ts";
import { type BoardRecord, type ID, textField } from "../board/record.ts";
import { FakeClock, seeded, settled } from "./testing/fake-clock.ts";
import { FakeServer } from "./testing/fake-server.ts";
import { Browser, calm, type Page, sampleRecords } from "./testing/page.ts";
import { firstLetter, lettersOf, Person } from "./testing/person.ts";

/** A person at a page. */
interface Desk {
  readonly browser: Browser;
  page: Page;
  somebody: Person;
  /** How far the page was when its person made a record, or brought it back. */
  made: Map<ID, number>;
}

interface Letter {
  readonly desk: Desk;
  /** The page it was typed in. */
  readonly page: Page;
}

class Run {
  readonly clock = new FakeClock();
  readonly server: FakeServer;
  readonly desks: Desk[];
  readonly #rand: (n: number) => number;
  #busy = false;
  #forgetful = false;
  /** Letters typed, each but once. */
  readonly #letters = new Map<string, Letter>();
  /** Letters that somebody may have deleted, or that may rightly be lost. */
  readonly #excused = new Set<string>();
  #seats = 0;
  #tailsLost = 0;

  constructor(seed: number) {
    this.#rand = seeded(seed);
    this.server = new FakeServer(sampleRecords, this.clock.now, {
      busy: () => this.#busy && this.#rand(3) === 0,
      forgetful: () => this.#forgetful && this.#rand(2) === 0,
    });
    this.desks = ["ana", "ben", "cem"].slice(0, 2 + this.#rand(2)).map((name) => {
      const browser = new Browser(name, this.server, this.clock, seed);
      const page = browser.open();
      return { browser, page, somebody: this.#sitDown(page), made: new Map() };
    });
  }

  async play(steps: number): Promise<void> {
    await calm(this.server, this.clock, 1_000);
    for (let i = 0; i < steps; i++) {
      await this.#step();
      await settled();
      for (const desk of this.desks) this.#check(desk);
    }
    this.#busy = false;
    this.#forgetful = false;
    this.server.floor = 0;
    for (const desk of this.desks) desk.somebody.leave();
    await calm(this.server, this.clock, 90_000);
    this.#judge();
  }

  async #step(): Promise<void> {
    const what = this.#rand(100);
    const desk = this.#pick(this.desks);
    if (what < 30) this.#act(desk);
    else if (what < 75) await this.#deliver(1 + this.#rand(6));
    else if (what < 86) await this.clock.advance(this.#rand(400));
    else if (what < 90) this.#pick(this.server.wires)?.cut();
    else if (what < 91) this.server.crash();
    else if (what < 93) this.#busy = this.#rand(2) === 0;
    else if (what < 95) this.#forgetful = this.#rand(2) === 0;
    else if (what < 96) this.server.floor = this.#rand(3) === 0 ? this.server.board.seq : 0;
    else if (what < 98) this.#reload(desk);
    else if (what < 99) await this.clock.advance(5_000);
    else if (this.#rand(3) === 0) this.#loseTail();
  }

  async #deliver(frames: number): Promise<void> {
    for (let i = 0; i < frames; i++) {
      this.#pick(this.server.deliverable())?.();
      await settled();
    }
  }

  #act(desk: Desk): void {
    const { typed, erased, undone, redone, made, taken } = desk.somebody.act();
    for (const id of made) desk.made.set(id, desk.page.replica.figures.seq);
    if (this.#tailsLost === 0) for (const id of taken) this.#checkTaken(desk, id);
    for (const letter of typed) this.#letters.set(letter, { desk, page: desk.page });
    for (const letter of undone) {
      if (this.#excused.has(letter)) continue;
      const whose = this.#letters.get(letter)?.desk;
      assert.ok(whose === desk || whose === undefined, `undo took ${letter}, which somebody else had typed`);
    }
    for (const letter of erased + undone + redone) this.#excused.add(letter);
  }

  /** Undo takes nothing in which others have had a part since it was made, as far as the page knows. */
  #checkTaken({ browser, page, made }: Desk, id: ID): void {
    const known = this.server.log.slice(made.get(id) ?? 0, page.replica.figures.seq);
    const others = known.filter(({ by }) => by !== browser.person);
    const part = others.find((entry) => entry.changes.some((change) => changedID(change) === id));
    assert.equal(part, undefined, `undo took ${id}, in which somebody else has a part`);
  }

  /** Somebody sits down at a page; each has letters of their own. */
  #sitDown(page: Page): Person {
    this.#seats++;
    return new Person(page.replica, this.#rand, firstLetter + this.#seats * 300);
  }

  #reload(desk: Desk): void {
    const loseLast = this.#rand(3) === 0;
    if (desk.page.replica.status.kind !== "saved" && loseLast) this.#excuse((letter) => letter.desk === desk);
    desk.page.crash(loseLast);
    this.#excuseRefused(desk);
    desk.page = desk.browser.open();
    desk.somebody = this.#sitDown(desk.page);
    desk.made = new Map();
    // What the page had seen acknowledged it can no longer put back.
    if (this.#tailsLost > 0) this.#excuse((letter) => letter.desk === desk);
  }

  #loseTail(): void {
    this.#tailsLost++;
    for (const { page } of this.#letters.values()) {
      if (this.desks.every((desk) => desk.page !== page)) this.#excuse((letter) => letter.page === page);
    }
    this.server.loseTail(1 + this.#rand(4));
  }

  #excuse(whom: (letter: Letter) => boolean): void {
    for (const [letter, typed] of this.#letters) if (whom(typed)) this.#excused.add(letter);
  }

  #excuseRefused(desk: Desk): void {
    for (const notice of desk.page.notices) {
      if (notice.kind !== "refused" || notice.op.type !== "text") continue;
      for (const part of notice.op.delta)
        if (typeof part === "string") for (const letter of part) this.#excused.add(letter);
    }
  }

  /** What must hold at any moment. */
  #check(desk: Desk): void {
    const { page } = desk;
    const { editing } = desk.somebody;
    const edited = editing === undefined ? undefined : page.replica.board.record(editing.id);
    if (edited !== undefined) {
      assert.equal(editing?.handle.text, textField(edited, "text"), "a handle has another text");
    }
    this.#excuseRefused(desk);
    // After the log has lost what it had acknowledged, nobody knows for a moment.
    if (page.replica.status.kind !== "saved" || this.#tailsLost > 0) return;
    const there = new Set(lettersOf(this.server.board.all()));
    for (const [letter, typed] of this.#letters) {
      if (typed.page !== page || this.#excused.has(letter)) continue;
      assert.ok(there.has(letter), `"saved" is shown, but ${letter} is not in the log`);
    }
  }

  /** What must hold when everything is calm again. */
  #judge(): void {
    const digest = this.server.board.publicDigest();
    for (const desk of this.desks) {
      this.#excuseRefused(desk);
      const { browser, page } = desk;
      const { replica } = page;
      assert.equal(replica.status.kind, "saved", `${browser.person} is ${JSON.stringify(replica.status)}`);
      assert.equal(replica.figures.digest, digest, `${browser.person} has another board`);
      assert.equal(
        plain(replica.board.all()),
        plain(this.server.board.all()),
        `${browser.person} sees another board`,
      );
      assert.equal(browser.disk.size, 0, `${browser.person} keeps what is settled`);
    }
    const named = this.server.log
      .filter((entry) => entry.client !== "")
      .map((entry) => `${entry.client} ${entry.n}`);
    assert.equal(new Set(named).size, named.length, "an op is in the log twice");
    const there = lettersOf(this.server.board.all());
    for (const letter of this.#letters.keys()) {
      if (this.#excused.has(letter)) continue;
      const count = there.filter((other) => other === letter).length;
      assert.equal(count, 1, `${letter}, typed once, is there ${count} times`);
    }
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#rand(Math.max(1, from.length))] as T;
  }
}

function plain(records: Iterable<BoardRecord>): string {
  return [...records]
    .map((record) => canonical(record as unknown as Json))
    .sort()
    .join("\n");
}

const only = Number(process.env.FUZZ_SEED ?? 0);
const runs = Number(process.env.FUZZ_RUNS ?? 100);
const seeds = only > 0 ? [only] : Array.from({ length: runs }, (_, i) => i + 1);

it(`converges and loses nothing in ${seeds.length} seeded runs`, async () => {
  for (const seed of seeds) {
    try {
      await new Run(seed).play(300);
    } catch (error) {
      throw new Error(`FUZZ_SEED=${seed}: ${error instanceof Error ? error.stack : error}`);
    }
  }
});
