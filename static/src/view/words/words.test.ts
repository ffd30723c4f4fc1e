import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { words as de } from "./de.ts";
import { words as deskDe } from "./desk-de.ts";
import { words as deskEn } from "./desk-en.ts";
import { words as en } from "./en.ts";
import { words as joinDe } from "./join-de.ts";
import { words as joinEn } from "./join-en.ts";

/** Every place in a tree of words, with what stands there. */
function leaves(tree: unknown, path: string): [string, unknown][] {
  if (typeof tree !== "object" || tree === null) return [[path, tree]];
  return Object.entries(tree).flatMap(([name, value]) => leaves(value, `${path}.${name}`));
}

test("German says everything that English says", () => {
  const german = new Map(leaves({ ...deskDe, join: joinDe }, ""));
  const english = leaves({ ...deskEn, join: joinEn }, "");
  for (const [path, value] of english) {
    assert.equal(typeof german.get(path), typeof value, path);
    if (typeof value === "string" && value !== "") assert.notEqual(german.get(path), "", path);
  }
  assert.equal(german.size, english.length);
});

test("the pages of a phone use only the words that they load", () => {
  const view = join(process.cwd(), "src/view");
  const files = [
    ...readdirSync(join(view, "phone")).map((name) => join(view, "phone", name)),
    ...["menu.ts", "notices.ts", "session.ts", "settings.ts", "words/index.ts"].map((name) =>
      join(view, name),
    ),
  ];
  for (const file of files) {
    for (const [, section = "", word = ""] of readFileSync(file, "utf8").matchAll(
      /\bw\(\)\.(\w+)(?:\.(\w+))?/g,
    )) {
      for (const words of [en, de] as const) {
        const there = (words as Readonly<Record<string, object>>)[section];
        assert.ok(there !== undefined && (word === "" || word in there), `${file}: ${section}.${word}`);
      }
    }
  }
});

test("lanes are called in German what the field calls them, both sides of the stage in one language", () => {
  const { pains, gains, frontstage, backstage, support } = de.lane;
  assert.deepEqual(
    [pains, gains, frontstage, backstage, support.replaceAll("\u00ad", "")],
    ["Pain Points", "Gain Points", "Frontstage", "Backstage", "Unterstützungsprozesse"],
  );
});
