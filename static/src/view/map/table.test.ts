import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTable } from "./table.ts";

test("rows and columns of a spreadsheet", () => {
  assert.deepEqual(parseTable("a\tb\r\nc\td\r\n"), [
    ["a", "b"],
    ["c", "d"],
  ]);
});

test("quotes hold tabs, line ends and quotes", () => {
  assert.deepEqual(parseTable('"one\ntwo"\t"say ""yes"""\nthree'), [["one\ntwo", 'say "yes"'], ["three"]]);
});

test("a quote that opens no cell is a letter", () => {
  assert.deepEqual(parseTable('"Well", she said\n"Oh'), [['"Well", she said'], ['"Oh']]);
});

test("empty cells stay, empty lines at the end do not", () => {
  assert.deepEqual(parseTable("\tb\n\nc\n\n"), [["", "b"], [""], ["c"]]);
  assert.deepEqual(parseTable("\n"), []);
});
