import assert from "node:assert/strict";
import { test } from "node:test";
import { hyphenable } from "./hyphen.ts";

test("long compounds break between their parts, short words stay whole", () => {
  assert.equal(hyphenable("Vergleichsportal"), "Vergleichs\u00adportal");
  assert.equal(hyphenable("Bonitätsprüfung, 40 s"), "Bonitäts\u00adprüfung, 40 s");
  assert.equal(hyphenable("Kundenkonto"), "Kundenkonto");
  assert.equal(hyphenable("Empfehlung"), "Empfehlung");
});
