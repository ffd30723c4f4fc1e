import assert from "node:assert/strict";
import { it } from "node:test";
import { hasControls } from "../board/decision.ts";
import { asID } from "../board/record.ts";
import type { Replica } from "../collab/replica.ts";
import { plain, showTyping } from "./typing.ts";

it("who types nothing for a while is not shown as typing, and is again with the next letter", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const said: unknown[] = [];
  const within = { id: asID("card-1"), field: "text" };
  const shown = showTyping(
    { show: ({ typing }: { typing: unknown }) => said.push(typing) } as unknown as Replica,
    within,
  );
  t.mock.timers.tick(5000);
  shown.typed();
  t.mock.timers.tick(5000);
  assert.deepEqual(said, [within, within]);
  t.mock.timers.tick(5000);
  assert.deepEqual(said, [within, within, null]);
  shown.typed();
  shown.close();
  t.mock.timers.tick(60_000);
  assert.deepEqual(said, [within, within, null, within, null]);
});

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
