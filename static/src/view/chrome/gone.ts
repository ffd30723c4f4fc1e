// What becomes of a dialog or a panel when somebody else deletes what it is about.
import { useLayoutEffect } from "preact/hooks";
import { type ID, textField } from "../../board/record.ts";
import { deafen, sayLost } from "../map/lost.ts";
import { nameOf } from "../map/name.ts";
import type { MapView } from "../map/view.ts";
import { toast } from "../notices.ts";
import { w } from "../words/index.ts";

export interface GoneOptions {
  /** Whether it is where this shows it; without it, whether the record lives. */
  readonly there?: () => boolean;
  /** Takes it off the page; told at once, before the page is drawn. */
  readonly close: () => void;
  /** Where the focus goes that was on it; told once the page is drawn. */
  readonly rest: () => void;
}

/** Watches a record while a dialog or panel shows it. Who was in there is told, and types into nothing else. */
export function useGone(view: MapView, id: ID | undefined, options: GoneOptions): void {
  useLayoutEffect(() => {
    if (id === undefined) return;
    const stop = view.onDraw(() => {
      if (options.there?.() ?? view.record(id) !== undefined) return;
      stop();
      const on = document.activeElement;
      if (on !== null && on.closest("dialog, .panel") !== null) {
        if (!view.verbs.acting) {
          deafen();
          say(view, id, on.matches("input, textarea"));
        }
        setTimeout(options.rest); // once it is drawn
      }
      options.close();
    });
    return () => void stop();
  }, [view, id]);
}

function say(view: MapView, id: ID, writing: boolean): void {
  const record = view.replica.board.record(id);
  if (record === undefined) return;
  const name = nameOf(record);
  if (record.deleted === undefined) {
    if (textField(record, "lane") === "") toast(w().notice.toTray(name));
  } else sayLost(view, record, writing ? w().notice.deletedUnder(name) : w().refused.gone);
}
