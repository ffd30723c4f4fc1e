// What lanes, steps and other records are called.
import { type BoardRecord, textField } from "../../board/record.ts";
import type { Replica } from "../../collab/replica.ts";
import { lang, w } from "../words/index.ts";

export function laneName(lane: BoardRecord): string {
  const type = textField(lane, "type");
  return (
    textField(lane, "title") || ((w().lane as Readonly<Record<string, string>>)[type] ?? w().lane.custom)
  );
}

export function stepName(step: BoardRecord, index: number): string {
  return textField(step, "title") || w().map.stepNumber(index + 1);
}

/** Who made a record, as "by Jonas"; "" where nobody knows any more. */
export function byWhom({ people }: Replica, record: BoardRecord): string {
  const name = people.get(record.by)?.name;
  return name ? w().card.by(name) : "";
}

/** A short name for a record, for toasts and menus. */
export function nameOf(record: BoardRecord): string {
  const label = textField(record, "title") || textField(record, "text") || textField(record, "name");
  const kinds = w().kind as Readonly<Record<string, string>>;
  if (record.kind === "lane") return laneName(record);
  const short = label.length > 40 ? `${label.slice(0, 38)}…` : label;
  if (short === "") return kinds[record.kind] ?? record.kind;
  const quoted = lang.value === "de" ? `„${short}“` : `“${short}”`;
  return record.kind === "card" || record.kind === "sticky"
    ? quoted
    : `${kinds[record.kind] ?? ""} ${quoted}`;
}
