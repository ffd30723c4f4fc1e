// Everything deleted, the newest first, each with its way back.
import type { BoardRecord } from "../../board/record.ts";
import { deletedOf, parentOf, restoreOps } from "../map/journey.ts";
import { nameOf } from "../map/name.ts";
import type { MapView } from "../map/view.ts";
import { w } from "../words/index.ts";
import { when } from "../words/time.ts";
import { PanelFrame } from "./panel-frame.tsx";
import { Icon } from "./parts.tsx";

const icons: Readonly<Record<string, string>> = {
  card: "square-pen",
  step: "columns-3",
  phase: "columns-3",
  lane: "rows-3",
  persona: "user",
  marker: "unlink",
  moment: "diamond",
  sticky: "sticky-note",
};

export function DeletedPanel({ view }: { readonly view: MapView }) {
  view.drawings.value;
  const records = deletedOf(view.replica.board);
  const may = (record: BoardRecord): boolean => view.rights.edit(record);
  const parent = (record: BoardRecord): BoardRecord | undefined => {
    const found = parentOf(view.replica.board, record);
    return found?.deleted === undefined ? undefined : found;
  };
  return (
    <PanelFrame view={view} title={w().deleted.name} count={records.length}>
      <p class="pnote">{records.length === 0 ? w().deleted.empty : w().deleted.hint}</p>
      <ul class="plist">
        {records.slice(0, 200).map((record) => (
          <li key={record.id}>
            <Icon name={icons[record.kind] ?? "square-pen"} size="m" />
            <span class="grow">
              {nameOf(record)}
              <small>{w().deleted.at(when(record.deleted?.at ?? 0, view.replica.now()))}</small>
              {parent(record) === undefined ? null : (
                <small>{w().deleted.within(nameOf(parent(record) as BoardRecord))}</small>
              )}
            </span>
            <button
              type="button"
              class="btn sec sm"
              disabled={!may(record)}
              aria-label={`${w().deleted.restore}: ${nameOf(record)}`}
              onClick={() => view.verbs.propose(restoreOps(view.replica.board, record), w().deleted.restore)}
            >
              {w().deleted.restore}
            </button>
          </li>
        ))}
      </ul>
    </PanelFrame>
  );
}
