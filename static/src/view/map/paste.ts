// Paste: lines and cells become cards from the focused cell on, or stickies where no cell has the focus. Whatever came
// in one paste goes in one undo step.
import type { Op } from "../../board/op.ts";
import { type ID, textField } from "../../board/record.ts";
import { toast } from "../notices.ts";
import { plain } from "../typing.ts";
import { w } from "../words/index.ts";
import { cellOf } from "./focus.ts";
import { parseTable } from "./table.ts";
import { holdsCards } from "./verbs.ts";
import type { MapView } from "./view.ts";

/** As many as one paste may make: what a server takes at once without asking to wait. */
const most = 200;

type Rows = readonly (readonly string[])[];

export function listenForPaste(view: MapView): () => void {
  const paste = (event: ClipboardEvent): void => {
    const target = event.target as HTMLElement;
    const writing = target.closest("input, textarea, select, dialog, [contenteditable]") !== null;
    const here = view.stage.contains(target) || target === document.body;
    if (writing || !here || event.defaultPrevented || !view.rights.add) return;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const rows = parseTable(text).map((row) => row.map((cell) => plain(cell)));
    if (rows.length === 0) return;
    event.preventDefault();
    // A copied column has no tabs, but a spreadsheet says that it is a table.
    const sheet = /<table[\s>]/i.test(event.clipboardData?.getData("text/html") ?? "");
    const table = sheet || rows.some((row) => row.length > 1);
    const cell = cellOf(document.activeElement);
    const lane = view.record(cell?.dataset.lane);
    if (cell !== null && lane !== undefined && holdsCards(lane))
      intoCells(view, rows, table, lane.id, cell.dataset.step as ID);
    else if (cell === null) asStickies(view, rows);
  };
  document.addEventListener("paste", paste);
  return () => document.removeEventListener("paste", paste);
}

/** Lines become cards of the cell; a table goes right over the steps and down over the lanes that hold cards. */
function intoCells(view: MapView, rows: Rows, table: boolean, lane: ID, step: ID): void {
  const { journey, replica } = view;
  const lanes = journey.lanes.filter((one) => holdsCards(one));
  const row = lanes.findIndex((one) => one.id === lane);
  const from = journey.stepAt.get(step)?.index ?? 0;
  const ops: Op[] = [];
  let outside = 0;
  let skipped = 0;
  for (const [i, cells] of rows.entries()) {
    for (const [k, text] of cells.entries()) {
      if (text === "") continue;
      if (ops.length === most) {
        skipped++;
        continue;
      }
      const toLane = table ? lanes[row + i]?.id : lane;
      const toStep = journey.steps[from + k]?.record.id;
      const place =
        toLane === undefined || toStep === undefined
          ? { lane: "" as const, step: "" as const }
          : { lane: toLane, step: toStep };
      if (place.lane === "") outside++;
      ops.push({ type: "addCard", id: replica.newID("card"), ...place, fields: { text } });
    }
  }
  told(view, ops, outside, skipped);
}

/** A sticky per cell, as they lay in the table. */
function asStickies(view: MapView, rows: Rows): void {
  const { camera, geometry, replica } = view;
  const middle = camera.toBoard(camera.width / 2, camera.height / 2);
  const over = geometry.at(middle.x, middle.y) !== undefined;
  const columns = Math.max(...rows.map((row) => row.length));
  // A list is laid out in rows of eight.
  const list = columns === 1;
  const start = over ? { x: 20, y: geometry.height + 60 } : { x: middle.x - 80, y: middle.y - 60 };
  const ops: Op[] = [];
  let n = 0;
  let skipped = 0;
  for (const [i, row] of rows.entries()) {
    for (const [k, text] of row.entries()) {
      if (text === "") continue;
      if (ops.length === most) {
        skipped++;
        continue;
      }
      const at = list ? { col: n % 8, row: Math.floor(n / 8) } : { col: k, row: i };
      n++;
      ops.push(
        view.verbs.stickyOp(replica.newID("sticky"), start.x + at.col * 176, start.y + at.row * 136, text),
      );
    }
  }
  told(view, ops, 0, skipped);
}

function told(view: MapView, ops: readonly Op[], outside: number, skipped: number): void {
  if (ops.length === 0 || !view.verbs.propose(ops, w().paste.one)) return;
  view.selection.clear();
  const { gesture } = view.replica;
  const first = ops[0];
  if (first !== undefined && "id" in first) {
    const record = view.record(first.id);
    if (textField(record, "lane") !== "" || record?.kind === "sticky") view.focus.toRecord(first.id);
  }
  const parts = [w().paste.done(ops.length)];
  if (outside > 0) parts.push(w().paste.outside(outside));
  if (skipped > 0) parts.push(w().paste.skipped(skipped, most));
  toast(parts.join(" "), { action: w().tool.undo, run: () => view.verbs.undo(gesture) });
}
