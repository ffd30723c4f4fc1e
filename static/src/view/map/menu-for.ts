// Which menu belongs to what was pressed.
import type { ID } from "../../board/record.ts";
import type { MenuEntry } from "../menu.ts";
import { w } from "../words/index.ts";
import { cardMenu, stickyMenu } from "./menu-card.ts";
import { cellMenu, markerMenu } from "./menu-cell.ts";
import { laneMenu, laneTypes, personaMenu, phaseMenu, stepMenu } from "./menu-head.ts";
import type { MapView } from "./view.ts";

/** The menu of the nearest thing round a node; of the paper where there is none. */
export function menuFor(view: MapView, node: Element): readonly MenuEntry[] {
  const holder = node.closest<HTMLElement>("[data-menu], [data-id], .corner");
  if (holder?.classList.contains("corner") === true) return personaMenu(view);
  const record = view.record(holder?.dataset.menu ?? holder?.dataset.id);
  if (record !== undefined) {
    if (record.kind === "card") return cardMenu(view, record);
    if (record.kind === "sticky") return stickyMenu(view, record);
    if (record.kind === "marker") return markerMenu(view, record);
    if (record.kind === "step") return stepMenu(view, record.id);
    if (record.kind === "phase") return phaseMenu(view, record.id);
    if (record.kind === "lane") return laneMenu(view, record.id);
  }
  const cell = node.closest<HTMLElement>(".cell");
  const lane = view.record(cell?.dataset.lane);
  if (cell !== null && lane !== undefined) return cellMenu(view, lane, cell.dataset.step as ID);
  return paperMenu(view);
}

function paperMenu(view: MapView): readonly MenuEntry[] {
  const entries: MenuEntry[] = [];
  if (view.rights.add) {
    entries.push({
      label: w().sticky.add,
      icon: "sticky-note",
      hint: "N",
      run: () => view.addStickyInView(),
    });
  }
  if (view.rights.structure) {
    entries.push(
      { label: w().map.addStep, icon: "plus", run: () => view.editRecord(view.verbs.appendStep()) },
      { label: w().map.addPhase, icon: "plus", run: () => view.editRecord(view.verbs.addPhase()) },
      { label: w().menu.addLaneBelow, icon: "rows-3", sub: () => laneTypes(view, undefined) },
      { line: true },
    );
  }
  entries.push({ label: w().tool.fit, icon: "maximize", run: () => view.fit(true) });
  return entries;
}
