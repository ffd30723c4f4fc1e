import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Op } from "../board/op.ts";
import { asID, type ID } from "../board/record.ts";
import { MemoryDisk, type OutboxStore } from "./outbox.ts";
import { BrowserStore, type Locks } from "./outbox-idb.ts";
import { FakeClock, settled } from "./testing/fake-clock.ts";

const board = asID("board-1");
const person = asID("person-1");
const first = asID("client-1");
const second = asID("client-2");
const op: Op = { type: "delete", id: asID("card-1") };

/** As many pages of one browser as asked for, on one disk. leave ends a page as its closing does. */
interface Device {
  page(): OutboxStore;
  leave(page: OutboxStore): Promise<void>;
}

/** A stand-in for Web Locks within one process. */
function fakeLocks(): Locks {
  const held = new Set<string>();
  const request = async (
    name: string,
    _options: unknown,
    granted: (lock: Lock | null) => unknown,
  ): Promise<unknown> => {
    if (held.has(name)) return granted(null);
    held.add(name);
    try {
      return await granted({ name, mode: "exclusive" });
    } finally {
      held.delete(name);
    }
  };
  return { request } as unknown as Locks;
}

let databases = 0;

const devices: { readonly [name: string]: () => Device } = {
  memory: () => {
    const disk = new MemoryDisk();
    return { page: () => disk.page(), leave: async (page) => page.close() };
  },
  "IndexedDB with locks": () => {
    const name = `test-${databases++}`;
    const locks = fakeLocks();
    const clock = new FakeClock();
    return { page: () => new BrowserStore({ name, locks, clock }), leave: (page) => closed(page) };
  },
  "IndexedDB with leases": () => {
    const name = `test-${databases++}`;
    const clock = new FakeClock();
    return { page: () => new BrowserStore({ name, locks: undefined, clock }), leave: (page) => closed(page) };
  },
};

async function closed(page: OutboxStore): Promise<void> {
  page.close();
  for (let i = 0; i < 20; i++) await settled();
}

for (const [name, device] of Object.entries(devices)) {
  describe(`outbox in ${name}`, () => {
    it("gives what a page left behind to the next page of the same person on the same board", async () => {
      const { page, leave } = device();
      const a = page();
      await a.open(board, person, first);
      await a.put(first, { n: 1, op });
      await a.put(first, { n: 2, op, before: "x" });
      await a.put(first, { n: 3, op });
      await a.settle(first, 1, { epoch: 1, seq: 6 });
      await a.settle(first, 3, { epoch: 1, seq: 7 });
      const b = page();
      assert.deepEqual(await b.adopt(board, person), [], "the first page is still there");
      await leave(a);
      assert.deepEqual(await b.adopt(board, asID("person-2")), []);
      assert.deepEqual(await b.adopt(asID("board-2"), person), []);
      assert.deepEqual(await b.adopt(board, person), [
        { client: first, seen: { epoch: 1, seq: 7 }, items: [{ n: 2, op, before: "x" }] },
      ]);
      const c = page();
      assert.deepEqual(await c.adopt(board, person), [], "the second page has it now");
      await b.drop(first);
      await leave(b);
      assert.deepEqual(await c.adopt(board, person), []);
      await leave(c);
    });

    it("moves ops to a fresh client, both or neither", async () => {
      const { page, leave } = device();
      const a = page();
      await a.open(board, person, first);
      for (const n of [4, 5, 6]) await a.put(first, { n, op });
      const items = [
        { n: 1, op },
        { n: 2, op },
      ];
      await a.move(first, [5, 6], second, items);
      await leave(a);
      const b = page();
      const found = await b.adopt(board, person);
      assert.deepEqual(
        [...found].sort((x, y) => (x.client < y.client ? -1 : 1)),
        [
          { client: first, seen: undefined, items: [{ n: 4, op }] },
          { client: second, seen: undefined, items },
        ],
      );
      await leave(b);
    });

    it("takes away an outbox in which nothing is left", async () => {
      const { page, leave } = device();
      const a = page();
      await a.open(board, person, first);
      await leave(a);
      const b = page();
      assert.deepEqual(await b.adopt(board, person), []);
      await leave(b);
    });
  });
}

it("gives an account what was left unsent as a guest", async () => {
  const name = `test-${databases++}`;
  const clock = new FakeClock();
  const guest = asID("person-guest");
  const before = new BrowserStore({ name, locks: fakeLocks(), clock });
  await before.open(board, guest, first);
  await before.put(first, { n: 1, op });
  await closed(before);
  const became = (who: ID): ID => (who === guest ? person : who);
  const page = new BrowserStore({ name, locks: fakeLocks(), clock, became });
  assert.deepEqual(await page.adopt(board, asID("person-2")), []);
  assert.deepEqual(await page.adopt(board, person), [
    { client: first, seen: undefined, items: [{ n: 1, op }] },
  ]);
  await closed(page);
});

it("without locks, a page that died without a word loses its lease, and one that lives keeps it", async () => {
  const clock = new FakeClock();
  const name = `test-${databases++}`;
  const a = new BrowserStore({ name, locks: undefined, clock });
  await a.open(board, person, first);
  await a.put(first, { n: 1, op });
  const b = new BrowserStore({ name, locks: undefined, clock });
  for (let i = 0; i < 12; i++) {
    await clock.advance(5_000);
    for (let j = 0; j < 20; j++) await settled();
  }
  assert.deepEqual(await b.adopt(board, person), []);
  const sleeping = new FakeClock();
  await sleeping.advance(120_000);
  const c = new BrowserStore({ name, locks: undefined, clock: sleeping });
  assert.equal((await c.adopt(board, person)).length, 1);
  for (const page of [a, b, c]) await closed(page);
});

it("without locks, what a page left when it was loaded again is taken at once", async (t) => {
  const clock = new FakeClock();
  const name = `test-${databases++}`;
  const kept = new Map<string, string>();
  const marks = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  Object.defineProperty(globalThis, "localStorage", { value: marks, configurable: true });
  t.after(() => Reflect.deleteProperty(globalThis, "localStorage"));
  const page = (): BrowserStore => new BrowserStore({ name, locks: undefined, clock });
  const [a, lives, b] = [page(), page(), page()];
  await a.open(board, person, first);
  await a.put(first, { n: 1, op });
  await lives.open(board, person, second);
  await lives.put(second, { n: 1, op });
  assert.deepEqual(await b.adopt(board, person), []);
  a.left(true);
  const found = await b.adopt(board, person);
  assert.deepEqual(
    found.map(({ client }) => client),
    [first],
  );
  assert.equal(kept.size, 0, "a mark that was read is gone");
  for (const each of [a, lives, b]) await closed(each);
});
