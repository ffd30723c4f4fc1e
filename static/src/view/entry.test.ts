import assert from "node:assert/strict";
import { test } from "node:test";
import { entryFor } from "./entry.ts";

test("a phone opens a board as a list, a join link is small everywhere", () => {
  assert.equal(entryFor("b/board-1", 390), "phone");
  assert.equal(entryFor("b/board-1", 1024), "app");
  assert.equal(entryFor("join", 1600), "join");
  assert.equal(entryFor("join", 390), "join");
  assert.equal(entryFor("", 390), "app");
  assert.equal(entryFor("b/unknown", 390), "app");
});
