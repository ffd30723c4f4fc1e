// The other drags: stickies, their size, a card's span, an emotion, heads, and the frame that selects.
import { type BoardRecord, type ID, numberField, textField } from "../../board/record.ts";
import { el, style } from "../dom.ts";
import type { Gesture } from "./drag-card.ts";
import { DropLine } from "./drop-line.ts";
import { emotionAt } from "./emotion.ts";
import { laneWidth } from "./geometry.ts";
import { emotionValue } from "./journey.ts";
import { columnDrag, emotionDrag, laneDrag, spanDrag } from "./peer-drag.ts";
import type { MapView } from "./view.ts";

export function dragStickies(view: MapView, id: ID, x: number, y: number): Gesture {
  const ids = view.selection.has(id)
    ? [...view.selection.all].filter(
        (one) => view.record(one)?.kind === "sticky" && view.rights.edit(view.record(one)),
      )
    : [id];
  const nodes = ids.map((one) => view.nodes.get(one)).filter((node) => node !== undefined);
  view.editor.end();
  const from = view.boardAt(x, y);
  for (const node of nodes) node.classList.add("drag");
  const clean = (): void => {
    for (const node of nodes) {
      node.classList.remove("drag");
      style(node, "translate", "");
    }
    view.replica.show({ drag: null });
  };
  return {
    move(nx, ny) {
      const at = view.boardAt(nx, ny);
      for (const node of nodes) style(node, "translate", `${at.x - from.x}px ${at.y - from.y}px`);
      view.replica.show({ drag: { id, x: Math.round(at.x * 10), y: Math.round(at.y * 10) } });
    },
    drop(event) {
      clean();
      const at = view.boardAt(event.clientX, event.clientY);
      view.verbs.moveSticky(ids, at.x - from.x, at.y - from.y);
    },
    cancel: clean,
  };
}

export function resizeSticky(view: MapView, id: ID, x: number, y: number): Gesture {
  const record = view.record(id);
  const node = view.nodes.get(id);
  const w0 = numberField(record, "w", 1600) / 10;
  const h0 = numberField(record, "h", 1200) / 10;
  const from = view.boardAt(x, y);
  const size = (nx: number, ny: number): [number, number] => {
    const at = view.boardAt(nx, ny);
    return [Math.max(40, w0 + at.x - from.x), Math.max(40, h0 + at.y - from.y)];
  };
  return {
    move(nx, ny) {
      const [width, height] = size(nx, ny);
      if (node === undefined) return;
      style(node, "width", `${width}px`);
      style(node, "min-height", `${height}px`);
      view.replica.show({
        drag: { id, size: true, x: Math.round(width * 10), y: Math.round(height * 10) },
      });
    },
    drop(event) {
      view.replica.show({ drag: null });
      view.verbs.resizeSticky(id, ...size(event.clientX, event.clientY));
    },
    cancel() {
      view.replica.show({ drag: null });
      view.update();
    },
  };
}

/** The card grows under the pointer, and its lane makes room for it as it will when it is let go. */
export function dragSpan(view: MapView, id: ID): Gesture {
  const card = view.record(id);
  const from = view.journey.stepAt.get(textField(card, "step") as ID);
  const lane = view.grid.lanes.get(textField(card, "lane") as ID);
  const node = view.nodes.get(id);
  const before = numberField(card, "span", 1);
  let span = before;
  const shape = (steps: number): void => {
    node?.classList.toggle("wide", steps > 1);
    if (node !== undefined) style(node, "width", steps > 1 ? `calc(${steps} * var(--step) - 12px)` : "");
  };
  const clean = (steps: number): void => {
    shape(steps);
    lane?.holdSpan(id, undefined);
    view.replica.show({ drag: null });
  };
  return {
    move(nx) {
      const at = view.boardAt(nx, 0);
      const to = Math.round((at.x - laneWidth) / view.geometry.step);
      const most = view.journey.steps.length - (from?.index ?? 0);
      span = Math.max(1, Math.min(to - (from?.index ?? 0), most));
      shape(span);
      lane?.holdSpan(id, span);
      const end = view.journey.steps[(from?.index ?? 0) + span - 1];
      if (card !== undefined && end !== undefined) view.replica.show({ drag: spanDrag(card, end.record.id) });
    },
    drop() {
      const taken = view.verbs.span(id, span);
      clean(taken ? span : before);
    },
    cancel: () => clean(before),
  };
}

/** The value follows the pointer in steps of a quarter; one op when it is let go. */
export function dragEmotion(view: MapView, step: ID): Gesture {
  const [id, lane] = [...view.grid.lanes].find(([, one]) => one.emotion !== undefined) ?? [];
  const stored = emotionValue(view.journey, step);
  const before = stored ?? 0;
  let value = before;
  const clean = (): void => {
    lane?.emotion?.hold(step, undefined);
    lane?.el.classList.remove("held-lane");
    view.replica.show({ drag: null });
  };
  lane?.el.classList.add("held-lane");
  return {
    move(_x, y) {
      const top = lane?.el.getBoundingClientRect().top ?? 0;
      value = emotionAt((y - top) / view.camera.zoom);
      lane?.emotion?.hold(step, value);
      if (id !== undefined) view.replica.show({ drag: emotionDrag(view, id, step, value) });
    },
    drop() {
      clean();
      if (value !== before || stored === undefined) view.verbs.setEmotion(step, { value });
      view.nodes.get(`emotion:${step}`)?.focus({ preventScroll: true });
    },
    cancel: clean,
  };
}

/** Moves a phase, step or lane: a line shows where it would stand. */
export function dragHead(view: MapView, record: BoardRecord): Gesture {
  const line = new DropLine(view);
  let apply: (() => void) | undefined;
  const { journey, geometry, verbs } = view;
  const node = view.nodes.get(record.id);
  node?.classList.add("lifted");
  const clean = (): void => {
    line.remove();
    node?.classList.remove("lifted");
    view.replica.show({ drag: null });
  };
  const toColumn = (count: number): void => {
    line.behindSteps(count);
    view.replica.show({ drag: columnDrag(view, record.id, count) });
  };
  const overSteps = (x: number): void => {
    const i = geometry.boundary(x);
    const before = journey.steps[i - 1];
    const behind = journey.steps[i];
    const within = x - laneWidth < i * geometry.step;
    const phase = (within ? before : behind)?.phase ?? before?.phase ?? behind?.phase;
    if (phase === undefined) return;
    const after = before !== undefined && before.phase.id === phase.id ? before.record.id : "";
    toColumn(i);
    apply = after === record.id ? undefined : () => verbs.stepInto(record.id, phase.id, after);
  };
  const overPhases = (x: number): void => {
    const at = geometry.boundary(x);
    const borders = [...journey.phases.map((phase) => phase.from), journey.steps.length];
    let nearest = 0;
    for (const [i, border] of borders.entries()) {
      if (Math.abs(border - at) < Math.abs((borders[nearest] ?? 0) - at)) nearest = i;
    }
    toColumn(borders[nearest] ?? 0);
    const after = journey.phases[nearest - 1]?.record.id ?? "";
    apply = after === record.id ? undefined : () => verbs.phaseAfter(record.id, after);
  };
  const overLanes = (y: number): void => {
    let i = 0;
    for (let row = 1; row <= journey.lanes.length; row++) {
      const { y: top, h } = geometry.row(row);
      if (y > top + h / 2) i = row;
    }
    line.belowLanes(i);
    view.replica.show({ drag: laneDrag(view, record.id, i) });
    const after = journey.lanes[i - 1]?.id ?? "";
    apply = after === record.id ? undefined : () => verbs.laneAfter(record.id, after);
  };
  return {
    move(nx, ny) {
      const at = view.boardAt(nx, ny);
      if (record.kind === "lane") overLanes(at.y);
      else if (record.kind === "phase") overPhases(at.x);
      else overSteps(at.x);
    },
    drop() {
      clean();
      apply?.();
      view.focus.toRecord(record.id);
    },
    cancel: clean,
  };
}

/** A frame on the paper: what it touches is selected. */
export function marquee(view: MapView, x: number, y: number, add: boolean): Gesture {
  const frame = el("div", "marquee", { "aria-hidden": "true" });
  view.over.append(frame);
  const before = add ? view.selection.all : new Set<ID>();
  const stage = view.stage.getBoundingClientRect();
  const from = view.boardAt(x, y);
  return {
    move(nx, ny) {
      const start = view.camera.toScreen(from.x, from.y);
      const left = Math.min(start.x + stage.left, nx);
      const top = Math.min(start.y + stage.top, ny);
      const right = Math.max(start.x + stage.left, nx);
      const bottom = Math.max(start.y + stage.top, ny);
      style(frame, "left", `${left - stage.left}px`);
      style(frame, "top", `${top - stage.top}px`);
      style(frame, "width", `${right - left}px`);
      style(frame, "height", `${bottom - top}px`);
      const hit = new Set<ID>(before);
      for (const [id, node] of view.nodes) {
        const kind = node.dataset.kind;
        if (kind !== "card" && kind !== "sticky") continue;
        const box = node.getBoundingClientRect();
        if (box.right >= left && box.left <= right && box.bottom >= top && box.top <= bottom)
          hit.add(id as ID);
      }
      view.selection.set(hit);
    },
    drop: () => frame.remove(),
    cancel: () => frame.remove(),
  };
}
