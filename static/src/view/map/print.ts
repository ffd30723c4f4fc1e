// The map on paper: landscape pages of a size that can be read, each with the heads of its steps and lanes. A map that
// is wider or higher than a page is cut between steps and between lanes, never through a card.
import { textField } from "../../board/record.ts";
import { el, style } from "../dom.ts";
import { w } from "../words/index.ts";
import { laneWidth } from "./geometry.ts";
import type { MapView } from "./view.ts";

/** What an A3 page in landscape holds inside its margins, in CSS pixels, without the line for the title. */
const page = { w: 1508, h: 1000 };
/** Card text is not printed smaller than this share of its size: 9 px, near 7 pt. */
const least = 0.64;
/** A row of stickies below the map: how high it is, and how many of usual size it holds. */
const notes = { h: 130, n: 11 };

interface Cut {
  readonly from: number;
  readonly to: number;
}

/** Cuts things of these sizes into runs that fit. */
export function cuts(sizes: readonly number[], room: number): readonly Cut[] {
  const out: Cut[] = [];
  let from = 0;
  let sum = 0;
  for (const [i, size] of sizes.entries()) {
    if (i > from && sum + size > room) {
      out.push({ from, to: i });
      from = i;
      sum = 0;
    }
    sum += size;
  }
  if (sizes.length > from) out.push({ from, to: sizes.length });
  return out;
}

export function listenForPrint(view: MapView, host: HTMLElement): () => void {
  let out: HTMLElement | undefined;
  const before = (): void => {
    out?.remove();
    view.editor.end();
    view.mounting.all(true);
    out = printout(view);
    host.append(out);
  };
  const after = (): void => {
    out?.remove();
    out = undefined;
    view.mounting.all(false);
  };
  addEventListener("beforeprint", before);
  addEventListener("afterprint", after);
  return () => {
    removeEventListener("beforeprint", before);
    removeEventListener("afterprint", after);
    out?.remove();
  };
}

function printout(view: MapView): HTMLElement {
  const { geometry, journey } = view;
  const out = el("div", "printout", { "aria-hidden": "true" });
  const fit = (room: number): number => Math.min(1, page.w / geometry.width, room / geometry.height);
  const above = fit(page.h - Math.ceil(journey.stickies.length / notes.n) * notes.h);
  const whole = above >= 0.72 ? above : fit(page.h);
  const zoom = whole >= least ? whole : Math.max(least, Math.min(1, page.w / geometry.width));
  const head = geometry.row(0).h;
  const steps = cuts(
    journey.steps.map(() => geometry.step),
    page.w / zoom - laneWidth,
  );
  const lanes = cuts(
    journey.lanes.map((_, i) => geometry.row(i + 1).h),
    page.h / zoom - head,
  );
  const title = textField(journey.map, "title") || w().map.untitled;
  for (const rows of lanes) {
    for (const columns of steps) {
      const number = steps.length * lanes.length > 1 ? ` (${out.children.length + 1})` : "";
      const sheet = el(
        "section",
        "sheet",
        {},
        el("h1", "", {}, `${title}${number}`),
        part(view, columns, rows),
      );
      style(sheet.lastElementChild as HTMLElement, "zoom", String(zoom));
      out.append(sheet);
    }
  }
  if (journey.stickies.length > 0) {
    const notes = el("div", "printnotes");
    for (const sticky of journey.stickies) {
      const node = view.nodes.get(sticky.id);
      if (node !== undefined) notes.append(copy(node));
    }
    out.append(notes);
  }
  return out;
}

function copy(node: Element): HTMLElement {
  const made = node.cloneNode(true) as HTMLElement;
  for (const one of [made, ...made.querySelectorAll<HTMLElement>("[id], [tabindex], [role]")])
    for (const name of ["id", "tabindex", "role", "aria-label"]) one.removeAttribute(name);
  return made;
}

/** The map with some of its steps and lanes. */
function part(view: MapView, columns: Cut, rows: Cut): HTMLElement {
  const { geometry, journey, nodes } = view;
  const map = el("div", "map");
  style(map, "--n", String(columns.to - columns.from));
  style(map, "--step", `${geometry.step}px`);
  style(map, "--lane", `${laneWidth}px`);
  const phases = el("div", "hrow");
  const heads = el("div", "hrow");
  const corner = nodes.get("corner");
  if (corner !== undefined) phases.append(copy(corner));
  for (const phase of journey.phases) {
    const from = Math.max(phase.from, columns.from);
    const to = Math.min(phase.from + phase.steps.length, columns.to);
    const node = nodes.get(phase.record.id);
    if (node === undefined || to <= from) continue;
    const made = copy(node);
    style(made, "grid-column", `${from - columns.from + 2} / span ${to - from}`);
    phases.append(made);
  }
  const shown = journey.steps.slice(columns.from, columns.to);
  for (const step of shown) {
    const node = nodes.get(step.record.id);
    if (node === undefined) continue;
    const made = copy(node);
    style(made, "grid-column", String(step.index - columns.from + 2));
    heads.append(made);
  }
  map.append(el("div", "hd", {}, phases, heads));
  for (const lane of journey.lanes.slice(rows.from, rows.to)) {
    const known = view.grid.lanes.get(lane.id);
    if (known === undefined) continue;
    const row = known.el.cloneNode(false) as HTMLElement;
    for (const name of ["role", "id"]) row.removeAttribute(name);
    row.append(copy(known.head));
    if (known.emotion !== undefined) {
      const curve = copy(known.emotion.curve) as unknown as SVGSVGElement;
      curve.style.setProperty("margin-left", `${-columns.from * geometry.step}px`);
      const clip = el("div", "curveclip");
      clip.append(copy(known.emotion.mid), curve);
      row.append(clip);
    }
    for (const step of shown) {
      const cell = known.cell(step.record.id);
      if (cell === undefined) continue;
      const made = copy(cell);
      style(made, "grid-area", `1 / ${step.index - columns.from + 2}`);
      row.append(made);
    }
    map.append(row);
  }
  return map;
}
