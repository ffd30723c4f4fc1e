import assert from "node:assert/strict";
import { test } from "node:test";
import { edgeSpeed } from "./edge.ts";

const both = { before: true, behind: true };

test("a drag at the edge takes the view along, faster the nearer it is, and nowhere else", () => {
  assert.equal(edgeSpeed(400, 800, both), 0);
  assert.equal(edgeSpeed(36, 800, both), 0);
  assert(edgeSpeed(30, 800, both) > 0 && edgeSpeed(5, 800, both) > edgeSpeed(30, 800, both));
  assert.equal(edgeSpeed(795, 800, both), -edgeSpeed(5, 800, both));
});

test("it ends where nothing more is to be seen, and the way back stays open", () => {
  assert.equal(edgeSpeed(5, 800, { before: false, behind: true }), 0);
  assert.equal(edgeSpeed(795, 800, { before: true, behind: false }), 0);
  assert(edgeSpeed(795, 800, { before: false, behind: true }) < 0);
});
