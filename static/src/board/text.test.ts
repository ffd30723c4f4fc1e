import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  applyDelta,
  composeDelta,
  type Delta,
  diffText,
  invertDelta,
  movePoint,
  normalDelta,
  textLength,
  transformDelta,
} from "./text.ts";

/** A small seeded generator: the same seed gives the same numbers everywhere. */
function seeded(seed: number): (n: number) => number {
  let s = seed >>> 0;
  return (n) => {
    s = (Math.imul(s ^ (s >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    let t = s;
    t = Math.imul(t ^ (t >>> 12), 0x297a2d39);
    t ^= t >>> 15;
    return (t >>> 0) % n;
  };
}

const letters = ["a", "b", "ä", "😀", "\u0301", "\n", "日"];

function anyText(rand: (n: number) => number, most: number): string {
  return Array.from({ length: rand(most + 1) }, () => letters[rand(letters.length)]).join("");
}

function anyDelta(rand: (n: number) => number, text: string): Delta {
  const parts: (number | string)[] = [];
  let left = textLength(text);
  while (left > 0) {
    const n = 1 + rand(left);
    if (rand(3) === 0) parts.push(anyText(rand, 3));
    parts.push(rand(2) === 0 ? n : -n);
    left -= n;
  }
  if (rand(2) === 0) parts.push(anyText(rand, 3));
  return normalDelta(parts);
}

function mustApply(text: string, delta: Delta): string {
  const out = applyDelta(text, delta);
  assert.notEqual(out, undefined, `${JSON.stringify(delta)} does not fit ${JSON.stringify(text)}`);
  return out ?? "";
}

describe("text", () => {
  it("counts code points, not UTF-16 units", () => {
    assert.equal(textLength("a😀b"), 3);
    assert.equal(applyDelta("a😀b", [1, -1]), "ab");
    assert.equal(applyDelta("a😀b", [2, "x"]), "a😀xb");
  });

  it("says that a delta does not fit", () => {
    assert.equal(applyDelta("ab", [3]), undefined);
    assert.equal(applyDelta("ab", [1, -2]), undefined);
    assert.equal(applyDelta("😀", [2]), undefined);
    assert.equal(applyDelta("", ["x"]), "x");
  });

  it("has one normal form", () => {
    assert.deepEqual(normalDelta([1, 2, "", "a", -1, "b", -2, 0, 4]), [3, "ab", -3]);
    assert.deepEqual(normalDelta([3]), []);
  });

  it("keeps the letters of both, whichever is first in the log", () => {
    const mine: Delta = [2, "X"];
    const theirs: Delta = [2, "Y"];
    assert.equal(mustApply(mustApply("abcd", theirs), transformDelta(mine, theirs, "right")), "abYXcd");
    assert.equal(mustApply(mustApply("abcd", mine), transformDelta(theirs, mine, "left")), "abYXcd");
  });

  it("converges for any two deltas, composes and inverts", () => {
    for (let seed = 1; seed <= 3000; seed++) {
      const rand = seeded(seed);
      const text = anyText(rand, 12);
      const a = anyDelta(rand, text);
      const b = anyDelta(rand, text);
      const left = mustApply(mustApply(text, a), transformDelta(b, a, "right"));
      const right = mustApply(mustApply(text, b), transformDelta(a, b, "left"));
      assert.equal(left, right, `seed ${seed}`);
      const after = mustApply(text, a);
      const c = anyDelta(rand, after);
      assert.equal(mustApply(text, composeDelta(a, c)), mustApply(after, c), `seed ${seed}`);
      const back = invertDelta(a, text);
      assert.ok(back, `seed ${seed}`);
      assert.equal(mustApply(after, back), text, `seed ${seed}`);
      assert.deepEqual(normalDelta(composeDelta(a, c)), composeDelta(a, c), `seed ${seed}`);
      assert.equal(mustApply(text, diffText(text, after)), after, `seed ${seed}`);
    }
  });

  it("keeps the caret beside its letter", () => {
    assert.equal(movePoint(3, [1, "xx"]), 5);
    assert.equal(movePoint(3, [3, "xx"]), 3);
    assert.equal(movePoint(3, [3, "xx"], "right"), 5);
    assert.equal(movePoint(3, [1, -1]), 2);
    assert.equal(movePoint(3, [1, -5]), 1);
    assert.equal(movePoint(3, [1, "y", -5]), 2);
    assert.equal(movePoint(0, [1, "y"]), 0);
  });
});
