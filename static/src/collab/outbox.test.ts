import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openDB } from "idb";
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
  "IndexedDB without locks": () => {
    const name = `test-${databases++}`;
    return { page: () => new BrowserStore({ name, locks: undefined }), leave: (page) => closed(page) };
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

it("without locks, what a page that died without a word held is taken at once, by one page alone", async () => {
  const name = `test-${databases++}`;
  const pages = [0, 1, 2].map(() => new BrowserStore({ name, locks: undefined }));
  const [lives, one, other] = pages;
  assert(lives !== undefined && one !== undefined && other !== undefined);
  await lives.open(board, person, second);
  await lives.put(second, { n: 1, op });
  const disk = await openDB(name, 1);
  await disk.put("outboxes", { client: first, board, person, holder: "page-gone" });
  await disk.put("outboxes", { client: asID("client-old"), board, person, lease: Date.now() + 20_000 });
  for (const client of [first, asID("client-old")]) await disk.put("items", { client, n: 1, op });
  disk.close();
  const found = await Promise.all([one.adopt(board, person), other.adopt(board, person)]);
  assert.deepEqual(
    found
      .flat()
      .map(({ client }) => client)
      .sort(),
    [first, asID("client-old")],
  );
  assert.deepEqual(await one.adopt(board, person), [], "the others are asked, and are there");
  for (const page of pages) await closed(page);
});
