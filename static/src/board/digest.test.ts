import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { canonical, sameJson, wellFormed } from "./codec.ts";
import { addSum, murmur3, recordSum, subtractSum, sumText, zeroSum } from "./digest.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("digest", () => {
  it("hashes as the published vectors say", () => {
    assert.equal(murmur3(bytes(""), 0, 7)[0], 0);
    assert.equal(murmur3(bytes(""), 1, 7)[0], 0x514e28b7);
    assert.equal(murmur3(bytes("test"), 0, 7)[0], 0xba6bd213);
    assert.equal(murmur3(bytes("Hello, world!"), 0, 7)[0], 0xc0363e43);
    assert.equal(murmur3(bytes("The quick brown fox jumps over the lazy dog"), 0x9747b28c, 7)[0], 0x2fa826cd);
  });

  it("adds and takes away with a carry between the halves", () => {
    const big = { high: 0xffffffff, low: 0xfffffff0 };
    const sum = addSum(big, { high: 0, low: 0x20 });
    assert.deepEqual(sum, { high: 0, low: 0x10 });
    assert.deepEqual(subtractSum(sum, { high: 0, low: 0x20 }), big);
    assert.equal(sumText({ high: 0xab, low: 1 }), "000000ab00000001");
    const record = recordSum({ id: "card-1" });
    assert.deepEqual(subtractSum(addSum(zeroSum, record), record), zeroSum);
  });
});

describe("codec", () => {
  it("writes keys in order, without blanks, and refuses what has no one form", () => {
    assert.equal(
      canonical({ b: [1, true, null], a: 'ä\u0001\u2028"' }),
      '{"a":"ä\\u0001\u2028\\"","b":[1,true,null]}',
    );
    assert.equal(canonical(-0), "0");
    assert.throws(() => canonical(1.5));
    assert.throws(() => canonical("\ud800"));
    assert.ok(wellFormed("😀"));
    assert.ok(!wellFormed("a\udc00"));
    assert.ok(sameJson({ a: 1, b: 2 }, { b: 2, a: 1 }));
  });
});
