import assert from "node:assert/strict";
import { test } from "node:test";
import { words as de } from "./desk-de.ts";
import { words as en } from "./desk-en.ts";
import { hundredths, use } from "./index.ts";
import { readHundredths } from "./number.ts";

const speak = { de: () => use(de, "de"), en: () => use(en, "en") };

for (const lang of ["de", "en"] as const)
  test(`a number is read as it is shown: ${lang}`, () => {
    speak[lang]();
    for (const value of [0, 1, 12, -50, 100, 99999, 100000, 123400, 123456, -123450, 123456789, 100000000])
      for (const grouping of [true, false])
        assert.equal(readHundredths(hundredths(value, 0, grouping)), value, hundredths(value, 0, grouping));
    assert.notEqual(readHundredths(hundredths(Number.MAX_SAFE_INTEGER)), undefined);
  });

test("thousands are parted as the language does it, and a unit stands beside a number", () => {
  speak.en();
  assert.equal(readHundredths("1,235"), 123500);
  assert.equal(readHundredths("1.234"), 123);
  assert.equal(readHundredths("1,5"), 150);
  speak.de();
  assert.equal(readHundredths("1.235"), 123500);
  assert.equal(readHundredths("1,234"), 123);
  assert.equal(readHundredths("0,125"), 13);
  assert.equal(readHundredths("1.234.567"), 123456700);
  assert.equal(readHundredths("1.234,5"), 123450);
  assert.equal(readHundredths("1,234.5"), 123450);
  assert.equal(readHundredths("12.5"), 1250);
  assert.equal(readHundredths("0.125"), 13);
  assert.equal(readHundredths("1 234 567,5"), 123456750);
  assert.equal(readHundredths(" 12 % "), 1200);
  assert.equal(readHundredths("€ 5"), 500);
  assert.equal(readHundredths("5 €"), 500);
  assert.equal(readHundredths("12 Tage", "Tage"), 1200);
  assert.equal(readHundredths(",5"), 50);
  assert.equal(readHundredths("-3"), -300);
});

test("what can mean something else, or is too large, is not read", () => {
  speak.de();
  for (const text of [
    "",
    "viel",
    "%",
    "-",
    "5k",
    "1e5",
    "3 Mio",
    "12-14",
    "1.2.3",
    "1.234.56",
    "12,34,5",
    "1.2345",
    "1 2",
    "0x10",
  ])
    assert.equal(readHundredths(text), undefined, text);
  assert.equal(readHundredths("99999999999999"), undefined);
  assert.equal(readHundredths("-99999999999999"), undefined);
});
