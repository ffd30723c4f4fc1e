// What a cell offers, and the markers in it.
import { type BoardRecord, type ID, textField } from "../../board/record.ts";
import type { MenuEntry, MenuItem } from "../menu.ts";
import { w } from "../words/index.ts";
import { laneKind } from "./lane-kind.ts";
import { markerIcons } from "./marker.ts";
import { line, tidy } from "./menu-parts.ts";
import { holdsCards } from "./verbs.ts";
import type { MapView } from "./view.ts";

export function cellMenu(view: MapView, lane: BoardRecord, step: ID): readonly MenuEntry[] {
  const { verbs, rights } = view;
  const curve = laneKind(textField(lane, "type")).look === "curve";
  const moment = view.journey.momentsAt.get(step)?.[0];
  const marker = (type: string, label: string): MenuItem => ({
    label,
    icon: markerIcons[type] ?? "flag",
    run: () => view.editRecord(verbs.addMarker(type, step, lane.id)),
  });
  return tidy([
    curve &&
      rights.add && {
        label: w().emotion.edit,
        icon: "heart-pulse",
        hint: w().key.enter,
        run: () => view.openDialog({ kind: "emotion", step }),
      },
    !curve &&
      rights.add &&
      holdsCards(lane) && {
        label: w().map.addCard,
        icon: "plus",
        hint: w().key.enter,
        run: () => view.startCard(lane.id, step),
      },
    line,
    rights.add && !curve && marker("gap", w().menu.addGap),
    rights.add && !curve && marker("break", w().menu.addBreak),
    rights.add && !curve && marker("bottleneck", w().menu.addBottleneck),
    rights.add && !curve && marker("trigger", w().menu.addTrigger),
    rights.add && !curve && marker("event", w().menu.addEvent),
    line,
    moment !== undefined
      ? { label: w().moment.one, icon: "diamond", run: () => view.openMoment(moment.id) }
      : rights.add && {
          label: w().moment.mark,
          icon: "diamond",
          run: () => view.openMoment(verbs.addMoment(step)),
        },
  ]);
}

export function markerMenu(view: MapView, marker: BoardRecord): readonly MenuEntry[] {
  const may = view.rights.edit(marker);
  const kinds = w().marker as Readonly<Record<string, string>>;
  const type = textField(marker, "type") || "gap";
  return tidy([
    may && { label: w().menu.edit, icon: "pencil", hint: "F2", run: () => view.editRecord(marker.id) },
    may && line,
    ...(may
      ? Object.entries(markerIcons).map(([name, mark]) => ({
          label: kinds[name] ?? name,
          icon: mark,
          checked: name === type,
          run: () => view.verbs.set(marker.id, { type: name, edge: name === "break" ? "after" : null }),
        }))
      : []),
    line,
    may && {
      label: w().menu.delete,
      icon: "trash-2",
      hint: w().key.del,
      bad: true,
      run: () => view.deleteAndRest([marker.id]),
    },
  ]);
}
