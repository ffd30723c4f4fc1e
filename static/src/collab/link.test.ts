import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ID } from "../board/record.ts";
import { Link, type LinkOptions, type TransportEvents } from "./link.ts";
import { FakeClock, settled } from "./testing/fake-clock.ts";

/** A server that can be away, and the times at which sockets to it were asked for. */
class Away {
  readonly clock = new FakeClock();
  readonly tries: number[] = [];
  here = true;
  readonly #begin = this.clock.now();
  readonly sent: { readonly at: number; readonly text: string }[] = [];
  /** Whether something that was sent waits for its answer. */
  waiting = false;
  open: TransportEvents | undefined;
  readonly link: Link;

  constructor(more: Partial<LinkOptions> = {}) {
    const options: LinkOptions = {
      url: "fake:",
      token: async () => "token",
      clock: this.clock,
      random: () => 1, // the longest wait there is
      inflate: () => "",
      connect: (_url, events) => {
        this.tries.push(this.now);
        const here = this.here;
        this.clock.after(1, () => (here ? events.opened() : events.closed(1006)));
        if (here) this.open = events;
        return { send: (text) => this.sent.push({ at: this.now, text }), close: () => {} };
      },
      ...more,
    };
    this.link = new Link(options, {
      opened: () => this.link.accepted(),
      message: () => {},
      snapshot: () => {},
      misunderstood: () => false,
      waits: () => this.waiting,
      down: () => {},
      stopped: () => {},
    });
  }

  get now(): number {
    return this.clock.now() - this.#begin;
  }

  async leave(): Promise<void> {
    this.here = false;
    this.open?.closed(1006);
    this.tries.length = 0;
    await settled();
  }

  async start(): Promise<this> {
    this.link.start();
    await settled();
    await this.clock.advance(1_000);
    return this;
  }
}

describe("a link whose server was killed", () => {
  for (const seconds of [1, 5, 8, 15]) {
    it(`is back within a second of a return after ${seconds} s`, async () => {
      const away = await new Away().start();
      await away.leave();
      await away.clock.advance(seconds * 1_000);
      away.here = true;
      const back = away.now;
      away.tries.length = 0;
      await away.clock.advance(1_010);
      assert.ok(away.tries.length > 0, `nothing was tried in the second after ${back}`);
    });
  }

  it("tries ever less often, at last every ten seconds", async () => {
    const away = await new Away().start();
    await away.leave();
    await away.clock.advance(600_000);
    const waits = away.tries.slice(1).map((at, i) => at - (away.tries[i] ?? 0));
    assert.ok(
      waits.every((wait, i) => wait >= (waits[i - 1] ?? 0)),
      String(waits),
    );
    assert.ok((waits[0] ?? 0) >= 250 && (waits.at(-1) ?? 0) >= 10_000, String(waits));
  });

  it("opens no further socket before anything answers there", async () => {
    let asked = 0;
    const away: Away = await new Away({
      reachable: async (): Promise<boolean> => {
        asked++;
        return away.here;
      },
    }).start();
    assert.equal(asked, 0);
    await away.leave();
    await away.clock.advance(120_000);
    assert.equal(away.tries.length, 1, "browsers slow sockets down where many have failed");
    assert.ok(asked > 10);
    assert.equal(away.link.blocked, false, "a server that is away is no network that blocks");
    away.here = true;
    await away.clock.advance(10_010);
    assert.equal(away.tries.length, 2);
  });

  it("tries at once when the network or the page comes back, or the window is used again", async () => {
    for (const slept of [true, false]) {
      const away = await new Away().start();
      await away.leave();
      await away.clock.advance(300_000);
      away.here = true;
      away.tries.length = 0;
      away.link.wake(slept);
      await settled();
      assert.equal(away.tries.length, 1);
    }
  });

  it("gives up an attempt that hangs when the network comes back, and none when a window is used", async () => {
    let opened = 0;
    const away: Away = await new Away({
      connect: () => {
        opened++;
        return { send: () => {}, close: () => {} };
      },
    }).start();
    assert.equal(opened, 1);
    away.link.wake(false);
    await settled();
    assert.equal(opened, 1, "the attempt under way is left to itself");
    away.link.wake(true);
    await settled();
    assert.equal(opened, 2);
  });
});

describe("a link whose network is gone without a word", () => {
  const ops = [{ type: "ops" as const, client: "client-a" as ID, items: [] }];
  const beat = JSON.stringify([{ type: "beat" }]);

  it("asks after three seconds while ops wait, and gives up five seconds later", async () => {
    const away = await new Away().start();
    const begin = away.now;
    away.waiting = true;
    away.link.send(ops);
    away.tries.length = 0;
    await away.clock.advance(60_000);
    const asked = away.sent.filter(({ text }) => text === beat).map(({ at }) => at - begin);
    assert.equal(asked[0], 3_000);
    assert.ok((away.tries[0] ?? Number.POSITIVE_INFINITY) - begin < 8_200, String(away.tries));
  });

  it("waits longer where much was sent before the question", async () => {
    const away = await new Away().start();
    const begin = away.now;
    away.waiting = true;
    away.link.send([{ type: "ops", client: "client-a" as ID, items: Array(4_000).fill({ n: 1 }) as never }]);
    away.tries.length = 0;
    await away.clock.advance(14_000);
    assert.deepEqual(away.tries, []);
    await away.clock.advance(40_000);
    assert.ok(away.tries.length > 0, `never given up after ${begin}`);
  });

  it("keeps a line that answers, and asks it no more than once in three seconds", async () => {
    const away = await new Away().start();
    away.waiting = true;
    away.tries.length = 0;
    const before = away.sent.length;
    for (let second = 0; second < 60; second++) {
      away.link.send(ops);
      await away.clock.advance(1_000);
      const last = away.sent.at(-1);
      if (last?.text === beat) away.open?.received('[{"type":"beat","now":1}]');
    }
    assert.deepEqual(away.tries, []);
    const asked = away.sent.slice(before).filter(({ text }) => text === beat).length;
    assert.ok(asked > 0 && asked <= 20, String(asked));
  });

  it("counts as lost at once when the browser says that it is offline", async () => {
    const away = await new Away().start();
    away.here = false;
    away.tries.length = 0;
    away.link.cut();
    await away.clock.advance(300);
    assert.equal(away.tries.length, 1);
  });
});
