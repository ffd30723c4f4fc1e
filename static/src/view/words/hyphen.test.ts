import assert from "node:assert/strict";
import { test } from "node:test";
import { hyphenable } from "./hyphen.ts";

const shown = (text: string): string => hyphenable(text).replaceAll("\u00ad", "|");

test("long compounds break between their parts, short words stay whole", () => {
  assert.equal(shown("Vergleichsportal"), "Vergleichs|portal");
  assert.equal(shown("Bonitätsprüfung, 40 s"), "Bonitäts|prüfung, 40 s");
  assert.equal(shown("Personalausweis"), "Personal|ausweis");
  assert.equal(shown("Kundenkonto"), "Kundenkonto");
  assert.equal(shown("Empfehlung"), "Empfehlung");
});

test("a long part without a known joint breaks between syllables", () => {
  for (const word of ["Donaudampfschiff", "Kleingedrucktes", "Unterbringung"]) {
    assert.equal(hyphenable(word).replaceAll("\u00ad", ""), word);
    assert.ok(hyphenable(word).includes("\u00ad"), word);
  }
});
