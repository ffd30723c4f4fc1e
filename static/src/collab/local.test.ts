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
