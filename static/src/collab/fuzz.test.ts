// Many pages on one board, with every fault the network, the server and the device can have, in seeded runs.
// A failure names its seed; FUZZ_SEED=n runs that one alone, FUZZ_RUNS=n sets how many there are.
import assert from "node:assert/strict";
import { it } from "node:test";
import { canonical, type Json } from "../board/codec.ts";
import type { Op } from "../board/op.ts";
import { asID, type BoardRecord, type ID, textField } from "../board/record.ts";
import type { Delta } from "../board/text.ts";
import type { TextHandle } from "./replica.ts";
import { FakeClock, seeded, settled } from "./testing/fake-clock.ts";
import { FakeServer } from "./testing/fake-server.ts";
import { Browser, calm, type Page, sampleRecords } from "./testing/page.ts";

const firstLetter = 0x4e00;

/** A person's page, with the field that is being edited in it. */
interface Desk {
  readonly browser: Browser;
  page: Page;
  editing: { id: ID; handle: TextHandle } | undefined;
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
  private readonly rand: (n: number) => number;
  private busy = false;
  private forgetful = false;
  /** Letters typed, each but once. */
  private readonly letters = new Map<string, Letter>();
  /** Letters that somebody may have deleted, or that may rightly be lost. */
  private readonly excused = new Set<string>();
  private letterCount = 0;
  private tailsLost = 0;

  constructor(seed: number) {
    this.rand = seeded(seed);
    this.server = new FakeServer(sampleRecords, this.clock.now, {
      busy: () => this.busy && this.rand(3) === 0,
      forgetful: () => this.forgetful && this.rand(2) === 0,
    });
    this.desks = ["ana", "ben", "cem"].slice(0, 2 + this.rand(2)).map((name) => {
      const browser = new Browser(name, this.server, this.clock, seed);
      return { browser, page: browser.open(), editing: undefined };
    });
  }

  async play(steps: number): Promise<void> {
    await calm(this.server, this.clock, 1_000);
    for (let i = 0; i < steps; i++) {
      await this.step();
      await settled();
      for (const desk of this.desks) this.check(desk);
    }
    this.busy = false;
    this.forgetful = false;
    this.server.floor = 0;
    for (const desk of this.desks) desk.editing?.handle.close();
    await calm(this.server, this.clock, 40_000);
    this.judge();
  }

  private async step(): Promise<void> {
    const what = this.rand(100);
    const desk = this.pick(this.desks);
    if (what < 30) this.act(desk);
    else if (what < 75) await this.deliver(1 + this.rand(6));
    else if (what < 86) await this.clock.advance(this.rand(400));
    else if (what < 90) this.pick(this.server.wires)?.cut();
    else if (what < 91) this.server.crash();
    else if (what < 93) this.busy = this.rand(2) === 0;
    else if (what < 95) this.forgetful = this.rand(2) === 0;
    else if (what < 96) this.server.floor = this.rand(3) === 0 ? this.server.board.seq : 0;
    else if (what < 98) this.reload(desk);
    else if (what < 99) await this.clock.advance(5_000);
    else if (this.rand(3) === 0) this.loseTail();
  }

  private async deliver(frames: number): Promise<void> {
    for (let i = 0; i < frames; i++) {
      this.pick(this.server.deliverable())?.();
      await settled();
    }
  }

  private act(desk: Desk): void {
    const { replica } = desk.page;
    const cards = replica.board.ofKind("card");
    const card = this.pick(cards);
    const [lane, step] = [this.pick(["lane-1", "lane-2"]), this.pick(["step-1", "step-2", "step-3"])];
    switch (this.rand(14)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        this.type(desk, card?.id);
        break;
      case 5:
        this.erase(desk);
        break;
      case 6:
      case 7:
        this.takeBack(desk);
        break;
      case 8:
        desk.editing?.handle.close();
        desk.editing = undefined;
        break;
      case 9:
        this.ask(desk, { type: "addCard", id: replica.newID("card"), lane: asID(lane), step: asID(step) });
        break;
      case 10:
        if (card) this.ask(desk, { type: "moveCard", id: card.id, lane: asID(lane), step: asID(step) });
        break;
      case 11:
        if (card) this.ask(desk, { type: "set", id: card.id, fields: { severity: this.rand(4) } });
        break;
      case 12:
        if (card && cards.length > 2 && this.rand(3) === 0) this.ask(desk, { type: "delete", id: card.id });
        break;
      default: {
        const deleted = [...replica.board.all()].filter((r) => r.kind === "card" && r.deleted !== undefined);
        const lost = this.pick(deleted);
        if (lost) this.ask(desk, { type: "restore", id: lost.id });
      }
    }
  }

  private ask(desk: Desk, op: Op): void {
    desk.page.replica.propose([op], op.type);
  }

  private type(desk: Desk, card: ID | undefined): void {
    if (desk.editing === undefined && card !== undefined) {
      desk.editing = { id: card, handle: desk.page.replica.editText(card, "text") };
    }
    const handle = desk.editing?.handle;
    if (handle === undefined) return;
    let typed = "";
    for (let i = 0; i <= this.rand(3); i++) {
      const letter = String.fromCodePoint(firstLetter + this.letterCount++);
      this.letters.set(letter, { desk, page: desk.page });
      typed += letter;
    }
    const at = this.rand([...handle.text].length + 1);
    const delta: Delta = at === 0 ? [typed] : [at, typed];
    if (!handle.change(delta))
      for (const letter of typed) this.letters.delete(letter) && this.excused.add(letter);
  }

  private erase(desk: Desk): void {
    const handle = desk.editing?.handle;
    const text = [...(handle?.text ?? "")];
    if (handle === undefined || text.length === 0) return;
    const at = this.rand(text.length);
    for (const letter of text.slice(at, at + 2)) this.excused.add(letter);
    const gone = Math.min(2, text.length - at);
    handle.change(at === 0 ? [-gone] : [at, -gone]);
  }

  /** Undo or redo, which must leave every letter that somebody else typed. */
  private takeBack(desk: Desk): void {
    const { replica } = desk.page;
    const before = lettersOf(replica.board.all());
    if (this.rand(3) > 0) replica.undo();
    else replica.redo();
    const after = lettersOf(replica.board.all());
    for (const letter of before) {
      if (after.includes(letter) || this.excused.has(letter)) continue;
      const typed = this.letters.get(letter);
      assert.ok(
        typed === undefined || typed.desk === desk,
        `undo took ${letter}, which somebody else had typed`,
      );
      this.excused.add(letter);
    }
    for (const letter of after) if (!before.includes(letter)) this.excused.add(letter);
  }

  private reload(desk: Desk): void {
    const loseLast = this.rand(3) === 0;
    if (desk.page.replica.status.kind !== "saved" && loseLast) this.excuse((letter) => letter.desk === desk);
    desk.page.crash(loseLast);
    this.excuseRefused(desk);
    desk.page = desk.browser.open();
    desk.editing = undefined;
    // What the page had seen acknowledged it can no longer put back.
    if (this.tailsLost > 0) this.excuse((letter) => letter.desk === desk);
  }

  private loseTail(): void {
    this.tailsLost++;
    for (const { page } of this.letters.values()) {
      if (this.desks.every((desk) => desk.page !== page)) this.excuse((letter) => letter.page === page);
    }
    this.server.loseTail(1 + this.rand(4));
  }

  private excuse(whom: (letter: Letter) => boolean): void {
    for (const [letter, typed] of this.letters) if (whom(typed)) this.excused.add(letter);
  }

  private excuseRefused(desk: Desk): void {
    for (const notice of desk.page.notices) {
      if (notice.kind !== "refused" || notice.op.type !== "text") continue;
      for (const part of notice.op.delta)
        if (typeof part === "string") for (const letter of part) this.excused.add(letter);
    }
  }

  /** What must hold at any moment. */
  private check(desk: Desk): void {
    const { page, editing } = desk;
    const edited = editing === undefined ? undefined : page.replica.board.record(editing.id);
    if (edited !== undefined) {
      assert.equal(editing?.handle.text, textField(edited, "text"), "a handle has another text");
    }
    this.excuseRefused(desk);
    // After the log has lost what it had acknowledged, nobody knows for a moment.
    if (page.replica.status.kind !== "saved" || this.tailsLost > 0) return;
    const there = new Set(lettersOf(this.server.board.all()));
    for (const [letter, typed] of this.letters) {
      if (typed.page !== page || this.excused.has(letter)) continue;
      assert.ok(there.has(letter), `"saved" is shown, but ${letter} is not in the log`);
    }
  }

  /** What must hold when everything is calm again. */
  private judge(): void {
    const digest = this.server.board.publicDigest();
    for (const desk of this.desks) {
      this.excuseRefused(desk);
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
    for (const letter of this.letters.keys()) {
      if (this.excused.has(letter)) continue;
      const count = there.filter((other) => other === letter).length;
      assert.equal(count, 1, `${letter}, typed once, is there ${count} times`);
    }
  }

  private pick<T>(from: readonly T[]): T {
    return from[this.rand(Math.max(1, from.length))] as T;
  }
}

/** Every letter typed in a run that stands in some text. */
function lettersOf(records: Iterable<BoardRecord>): readonly string[] {
  const out: string[] = [];
  for (const record of records) {
    for (const letter of textField(record, "text"))
      if ((letter.codePointAt(0) ?? 0) >= firstLetter) out.push(letter);
  }
  return out;
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
