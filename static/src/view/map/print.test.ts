import assert from "node:assert/strict";
import { test } from "node:test";
import { cuts } from "./print.ts";

test("pages are cut between things, and nothing is left out", () => {
  assert.deepEqual(cuts([4, 4, 4, 4, 4], 10), [
    { from: 0, to: 2 },
    { from: 2, to: 4 },
    { from: 4, to: 5 },
  ]);
  assert.deepEqual(cuts([4, 4], 10), [{ from: 0, to: 2 }]);
  assert.deepEqual(cuts([20, 4], 10), [
    { from: 0, to: 1 },
    { from: 1, to: 2 },
  ]);
  assert.deepEqual(cuts([], 10), []);
});
