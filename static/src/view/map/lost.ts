// What is deleted under somebody's hands: that is said with a way back, and the letters under way change nothing else.
import type { BoardRecord } from "../../board/record.ts";
import { toast } from "../notices.ts";
import { w } from "../words/index.ts";
import { restoreOps } from "./journey.ts";
import { printable } from "./keys.ts";
import type { MapView } from "./view.ts";

/** Letters that come faster than this, in ms, belong to what was being written. */
const typingPause = 1000;

/** What is typed on until a pause or a click was meant for a text that is no longer open: it means nothing else. */
export function deafen(): void {
  let last = performance.now();
  const ear = new AbortController();
  const hear = (event: KeyboardEvent): void => {
    const now = performance.now();
    if (now - last > typingPause) ear.abort();
    last = now;
    if (ear.signal.aborted || (!printable(event, true) && event.key !== "Backspace" && event.key !== "Enter"))
      return;
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("keydown", hear, { capture: true, signal: ear.signal });
  document.addEventListener("pointerdown", () => ear.abort(), { capture: true, signal: ear.signal });
}

/** Says that a record was deleted, and offers it back. */
export function sayLost(view: MapView, record: BoardRecord, text: string): void {
  toast(text, {
    action: w().deleted.restore,
    run: () => view.verbs.propose(restoreOps(view.replica.board, record), w().deleted.restore),
    stale: () => view.record(record.id) !== undefined,
  });
}
