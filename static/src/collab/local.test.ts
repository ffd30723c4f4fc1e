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

it("a gesture is undone by its number under later ones, and redone before those that were undone earlier", () => {
  const replica = openLocalReplica(sampleRecords);
  const ask = (id: string): number => {
    assert.ok(replica.propose([{ type: "delete", id: asID(id) }]));
    return replica.gesture;
  };
  const live = (id: string): boolean => replica.board.live(asID(id)) !== undefined;
  const first = ask("card-1");
  ask("card-2");
  assert.equal(replica.undoGesture(first), "done");
  assert.deepEqual([live("card-1"), live("card-2")], [true, false]);
  assert.equal(replica.undoGesture(first), "nothing");
  assert.equal(replica.undo(), "done");
  assert.deepEqual([live("card-1"), live("card-2")], [true, true]);
  assert.equal(replica.undo(), "nothing");
  assert.equal(replica.redo(), "done");
  assert.equal(replica.redo(), "done");
  assert.deepEqual([live("card-1"), live("card-2")], [false, false]);
  replica.close();
});

it("typing is not undone by its number, for the typing after it hangs on it", () => {
  const replica = openLocalReplica(sampleRecords);
  const handle = replica.editText(asID("card-1"), "text");
  assert.ok(handle.change(["Oh "]));
  handle.close();
  assert.equal(replica.undoGesture(replica.gesture), "nothing");
  assert.equal(replica.undo(), "done");
  replica.close();
});
