// The cases that Go and TypeScript share: see board/testdata/README.md.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { applyEntry } from "./apply.ts";
import { Board } from "./board.ts";
import { bare, type Change, type Entry } from "./change.ts";
import { canonical, type Json } from "./codec.ts";
import { murmur3, sumText } from "./digest.ts";
import { curve, extremes, type Feeling, ranges } from "./emotion.ts";
import { candidates, handOffs } from "./moment.ts";
import type { Op } from "./op.ts";
import { predict } from "./predict.ts";
import { rankBetween, spreadRanks } from "./rank.ts";
import type { BoardRecord, ID } from "./record.ts";
import { applyDelta, composeDelta, type Delta, invertDelta, normalDelta, transformDelta } from "./text.ts";

const folder = join(process.cwd(), "..", "board", "testdata");

interface GoldenBoard {
  readonly public: {
    readonly records: readonly BoardRecord[];
    readonly seq: number;
    readonly at: number;
    readonly epoch: number;
  };
  readonly rest: { readonly records: readonly BoardRecord[] };
  readonly entries: readonly Entry[];
}

/** A case: inputs and outputs by name, as the file has them. */
// biome-ignore lint/suspicious/noExplicitAny: each section has a shape of its own, which the check of that section knows
type Case = { readonly why: string; readonly [name: string]: any };
type File = { readonly [section: string]: readonly Case[] };

function load(name: string): File {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
}

/** Reads a board as somebody sees it; without a viewer as a server does. */
function readBoard(file: File, name: string, viewer?: string): Board {
  const golden = (file.boards as unknown as { readonly [name: string]: GoldenBoard })[name];
  assert.ok(golden, `no board ${name}`);
  const board = new Board("board-1" as ID);
  const mine = (record: BoardRecord): boolean =>
    record.only === undefined || viewer === undefined || record.only === viewer;
  for (const record of [...golden.public.records, ...golden.rest.records])
    if (mine(record)) board.store(record);
  board.seq = golden.public.seq;
  board.at = golden.public.at;
  board.epoch = golden.public.epoch;
  for (const entry of golden.entries) {
    const changes = entry.changes.filter((change) => {
      if (viewer === undefined) return true;
      if (change[0] === "only") return change[1] === viewer;
      return change[0] !== "put" || mine(change[1]);
    });
    applyEntry(board, { ...entry, changes });
  }
  return board;
}

function notNull(values: readonly (number | null)[]): readonly Feeling[] {
  return values.map((value) => value ?? undefined);
}

function isNormal(delta: Delta): boolean {
  if (!Array.isArray(delta) || !delta.every((part) => typeof part === "string" || typeof part === "number"))
    return false;
  return JSON.stringify(normalDelta(delta)) === JSON.stringify(delta);
}

/** What to do with each section; a section that nobody reads fails the test. */
const checks: { readonly [section: string]: (c: Case, file: File) => void } = {
  "codec/accept": (c) => assert.equal(canonical(JSON.parse(c.in)), c.out),
  // Browsers read what servers have written; reading strictly is the server's part.
  "codec/refuse": () => {},
  "codec/ops": () => {},
  "codec/entries": (c) => {
    if (c.out === "accepted") assert.equal(canonical(JSON.parse(c.in)), c.in);
  },
  "digest/sums": (c) => {
    const [high, low] = murmur3(new TextEncoder().encode(c.text), 1, 2);
    assert.equal(sumText({ high, low }), c.out);
  },
  "text/apply": (c) => assert.equal(applyDelta(c.text, c.a) ?? null, c.out),
  "text/refuse": (c) => assert.equal(isNormal(c.a), false),
  "text/transform": (c) => {
    const out = { bOverA: transformDelta(c.b, c.a, "right"), aUnderB: transformDelta(c.a, c.b, "left") };
    assert.deepEqual({ ...out, text: applyDelta(applyDelta(c.text, c.a) ?? "", out.bOverA) }, c.out);
    assert.equal(applyDelta(applyDelta(c.text, c.b) ?? "", out.aUnderB), c.out.text);
  },
  "text/compose": (c) => assert.deepEqual(composeDelta(c.a, c.b), c.out),
  "text/invert": (c) => assert.deepEqual(invertDelta(c.a, c.text), c.out),
  "rank/between": (c) => assert.equal(rankBetween(c.low, c.high) ?? null, c.out),
  "rank/spread": (c) => assert.deepEqual(spreadRanks(c.n), c.out),
  "curve/curve": (c) => {
    const known = notNull(c.steps);
    const { lowest, highest } = extremes(known);
    const segments = curve(known).map((s) => [s.from, s.to, s.y0, s.c0, s.c1, s.y1]);
    assert.deepEqual({ extremes: [lowest, highest], segments }, c.out);
  },
  "curve/ranges": (c) =>
    assert.deepEqual(
      ranges(c.a.map(notNull)).map((y) => y ?? null),
      c.out,
    ),
  "curve/handOffs": (c) => assert.deepEqual(handOffs(c.a), c.out),
  "curve/candidates": (c) => assert.deepEqual(candidates(notNull(c.steps), c.a, c.b), c.out),
  "apply/cases": (c, file) => {
    const board = readBoard(file, c.board ?? "main");
    const before = new Map([...board.all()].map((record) => [record.id, record]));
    applyEntry(board, c.entry);
    const records: { [id: string]: BoardRecord | null } = {};
    for (const record of board.all()) if (before.get(record.id) !== record) records[record.id] = record;
    for (const id of before.keys()) if (board.record(id) === undefined) records[id] = null;
    const { all: _, ...out } = c.out;
    assert.deepEqual({ public: board.publicDigest(), records, seq: board.seq, stopped: board.stopped }, out);
  },
  "decide/cases": (c, file) => {
    if (c.predict !== true) return;
    const board = readBoard(file, c.board ?? "main", c.by);
    const out = predict(board, c.op as Op, { person: c.by }, c.now ?? board.at + 1000);
    if (c.code !== undefined) assert.equal(out, c.code);
    else assert.deepEqual(sorted(out as readonly Change[]), sorted(c.changes ?? []));
  },
};

/** The changes with their fields in a fixed order. */
function sorted(changes: readonly Change[]): unknown {
  return changes.map((change) => [
    change[0] === "only",
    JSON.parse(canonical(bare(change) as unknown as Json)),
  ]);
}

describe("golden cases", () => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".json"))) {
    const file = load(name.replace(".json", ""));
    for (const [section, cases] of Object.entries(file)) {
      if (section === "boards") continue;
      const check = checks[`${name.replace(".json", "")}/${section}`];
      describe(`${name} ${section}`, () => {
        assert.ok(check, `nobody reads the section ${section} of ${name}`);
        for (const c of cases) it(c.why, () => check(c, file));
      });
    }
  }
});
