import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Board } from "./board.ts";
import { asID, type BoardRecord, type ID } from "./record.ts";

function random(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

const steps = ["step-1", "step-2"];

function card(n: number, step: string, rank: string, deleted: boolean): BoardRecord {
  const record = {
    at: 1,
    by: asID("person-1"),
    fields: { lane: "lane-1", rank, step },
    id: asID(`card-${n}`),
    kind: "card",
  };
  return deleted ? { ...record, deleted: { at: 1, seq: 1 } } : record;
}

/** The list as it must be, worked out the long way. */
function slowly(board: Board, step: string | undefined): readonly ID[] {
  return [...board.all()]
    .filter((record) => record.deleted === undefined && (step === undefined || record.fields.step === step))
    .sort((a, b) => {
      const [x, y] = [`${a.fields.rank} ${a.id}`, `${b.fields.rank} ${b.id}`];
      return x < y ? -1 : x > y ? 1 : 0;
    })
    .map((record) => record.id);
}

describe("board", () => {
  it("keeps its lists in order, whatever changes, on a draft and below it", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const rand = random(seed);
      const board = new Board(asID("board-1"));
      const draft = board.draft();
      for (let i = 0; i < 200; i++) {
        const layer = rand(2) === 0 ? board : draft;
        const n = rand(40);
        if (rand(8) === 0) layer.purge(asID(`card-${n}`));
        else layer.store(card(n, steps[rand(2)] ?? "", "VWXYZ".charAt(rand(5)), rand(4) === 0));
        if (rand(3) > 0) continue;
        for (const looked of [board, draft]) {
          assert.deepEqual(
            looked.ofKind("card").map((r) => r.id),
            slowly(looked, undefined),
            `seed ${seed}`,
          );
          for (const step of steps) {
            assert.deepEqual(
              looked.children("card", "lane-1", step).map((r) => r.id),
              slowly(looked, step),
              `seed ${seed}`,
            );
          }
        }
      }
    }
  });

  it("gives the same list as long as nothing in it has changed", () => {
    const board = new Board(asID("board-1"));
    board.store(card(1, "step-1", "V", false));
    board.store(card(2, "step-2", "V", false));
    const draft = board.draft();
    const [first, second] = [
      draft.children("card", "lane-1", "step-1"),
      draft.children("card", "lane-1", "step-2"),
    ];
    draft.store(card(3, "step-1", "W", false));
    assert.notEqual(draft.children("card", "lane-1", "step-1"), first);
    assert.equal(draft.children("card", "lane-1", "step-2"), second);
  });

  it("has the same digest whichever way it came about", () => {
    const there = new Board(asID("board-1"));
    there.store(card(1, "step-1", "V", false));
    const back = new Board(asID("board-1"));
    back.store(card(2, "step-1", "V", false));
    back.publicDigest();
    back.store(card(1, "step-1", "V", false));
    back.purge(asID("card-2"));
    assert.equal(back.publicDigest(), there.publicDigest());
  });
});
