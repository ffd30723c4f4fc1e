import assert from "node:assert/strict";
import { it } from "node:test";
import { hasControls } from "../board/decision.ts";
import { plain } from "./typing.ts";

it("what is copied from slides is taken as text, letter for letter", () => {
  assert.equal(plain("one\vtwo\ffour\tfive\nsix\u0007\u0000"), "one\ntwo\nfour\tfive\nsix  ");
  assert.equal(plain("a\tb\nc\vd", true), "a b c d");
  for (let unit = 0; unit < 0x100; unit++) {
    const text = `a${String.fromCharCode(unit)}b`;
    assert.equal(plain(text).length, 3);
    assert.equal(hasControls(plain(text)), false);
    assert.equal(hasControls(plain(text, true), true), false);
  }
});
