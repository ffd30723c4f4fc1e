import assert from "node:assert/strict";
import { it } from "node:test";
import { asID, textField } from "../board/record.ts";
import { openLocalReplica } from "./local.ts";
import { sampleRecords } from "./testing/page.ts";

it("a local replica confirms at once, types, and undoes", () => {
  const replica = openLocalReplica(sampleRecords);
  const id = replica.newID("card");
  assert.ok(replica.propose([{ type: "addCard", id, lane: asID("lane-1"), step: asID("step-2") }]));
  const handle = replica.editText(id, "text");
  assert.ok(handle.change(["Hallo"]));
  assert.equal(handle.text, "Hallo");
  handle.close();
  assert.equal(textField(replica.board.live(id), "text"), "Hallo");
  assert.equal(replica.figures.pending, 0);
  assert.equal(replica.status.kind, "saved");
  assert.equal(replica.undo(), "done");
  assert.equal(replica.undo(), "done");
  assert.equal(replica.board.live(id), undefined);
  assert.equal(replica.redo(), "done");
  assert.ok(replica.board.live(id));
  replica.close();
});

it("undo puts a card back between two of its own rank, which stand by their ids", () => {
  const twins = sampleRecords.map((r) =>
    r.id === "card-2" ? { ...r, fields: { ...r.fields, rank: "V" } } : r,
  );
  const replica = openLocalReplica(twins);
  const order = (): readonly string[] =>
    replica.board.children("card", "lane-1", "step-1").map((record) => record.id);
  const before = order();
  assert.ok(
    replica.propose([{ type: "moveCard", id: asID("card-1"), lane: asID("lane-2"), step: asID("step-3") }]),
  );
  assert.equal(replica.undo(), "done");
  assert.deepEqual(order(), before);
  replica.close();
});
