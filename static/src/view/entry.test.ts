import assert from "node:assert/strict";
import { test } from "node:test";
import { entryFor } from "./entry.ts";

test("a phone opens a board as a list, a join link is small everywhere", () => {
  assert.equal(entryFor("b/board-1", 390), "phone");
  assert.equal(entryFor("b/board-1", 1024), "app");
  assert.equal(entryFor("join", 1600), "join");
  assert.equal(entryFor("join", 390), "join");
  for (const width of [390, 1600])
    for (const path of ["", "setup", "signin", "check", "b/unknown", "boards"])
      assert.equal(entryFor(path, width), "home", path);
});
