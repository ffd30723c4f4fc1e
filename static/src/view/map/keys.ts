// What keys do to a card, an emotion, a marker and a sticky that has the focus.
import { type ID, numberField } from "../../board/record.ts";
import { cellOf } from "./focus.ts";
import { emotionOf, emotionValue } from "./journey.ts";
import type { Side } from "./verbs.ts";
import type { MapView } from "./view.ts";

export const arrows: Readonly<Record<string, Side>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

export const steps: Readonly<Record<Side, readonly [number, number]>> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
};

/** Whether a key writes a letter, and is not a shortcut. */
export function printable(event: KeyboardEvent, blank = false): boolean {
  const letter = [...event.key].length === 1 && (blank || event.key !== " ");
  return letter && !event.ctrlKey && !event.metaKey && !event.altKey;
}

/** The card or marker above or below one in the same cell. */
function besides(node: HTMLElement, side: "up" | "down"): HTMLElement | undefined {
  const cell = node.closest(".cell");
  const all = [...(cell?.querySelectorAll<HTMLElement>("[data-kind=card], [data-kind=marker]") ?? [])];
  return all[all.indexOf(node) + (side === "down" ? 1 : -1)];
}

export function onCard(view: MapView, event: KeyboardEvent, node: HTMLElement): boolean {
  const id = node.dataset.id as ID;
  const card = view.record(id);
  if (card === undefined) return false;
  const may = view.rights.edit(card);
  const side = arrows[event.key];
  const ctrl = event.ctrlKey || event.metaKey;
  if (side !== undefined && ctrl && event.shiftKey) {
    if (may && view.verbs.moveCard(id, side)) view.focus.toRecord(id);
    return true;
  }
  if (side !== undefined && event.altKey && event.shiftKey) {
    const span = numberField(card, "span", 1);
    if (may && side === "right") view.verbs.span(id, span + 1);
    if (may && side === "left") view.verbs.span(id, span - 1);
    return true;
  }
  if (side !== undefined && event.altKey) {
    if (may && (side === "up" || side === "down") && view.verbs.reorderCard(id, side === "up" ? -1 : 1))
      view.focus.toRecord(id);
    return true;
  }
  if (side === "up" || side === "down") {
    const next = besides(node, side);
    if (next === undefined) {
      const cell = cellOf(node);
      if (cell !== null && !event.shiftKey) view.focus.move(cell, 0, side === "down" ? 1 : -1);
      return true;
    }
    view.focus.to(next);
    if (next.dataset.kind !== "card") view.selection.clear();
    else if (event.shiftKey) view.selection.set([...view.selection.all, id, next.dataset.id as ID]);
    else view.selection.set([next.dataset.id as ID]);
    return true;
  }
  if (side !== undefined) {
    const cell = cellOf(node);
    view.selection.clear();
    if (cell !== null) view.focus.move(cell, ...(steps[side] as [number, number]));
    return true;
  }
  if (event.key === "Enter" || event.key === "F2") {
    view.editRecord(id);
    return true;
  }
  if (event.key === " ") {
    view.selection.toggle(id);
    return true;
  }
  if (event.key === "Delete" || event.key === "Backspace") {
    view.deleteAndRest(view.selection.has(id) ? [...view.selection.all] : [id]);
    return true;
  }
  if (ctrl && event.shiftKey && event.key.toLowerCase() === "l") {
    view.verbs.lock(id, view.record(`lock-${id}`) === undefined);
    return true;
  }
  if (ctrl && event.key.toLowerCase() === "a") {
    const ids = [...(node.parentElement?.querySelectorAll<HTMLElement>("[data-kind=card]") ?? [])];
    view.selection.set(ids.map((one) => one.dataset.id as ID));
    return true;
  }
  if (printable(event)) {
    view.editRecord(id, { typed: event.key });
    return true;
  }
  return false;
}

export function onEmotion(view: MapView, event: KeyboardEvent, node: HTMLElement): boolean {
  const step = node.dataset.emotion as ID;
  const cell = cellOf(node);
  const side = arrows[event.key];
  const now = emotionValue(view.journey, step) ?? 0;
  const change = (value: number): boolean => {
    if (view.rights.add) view.verbs.setEmotion(step, { value: Math.max(-300, Math.min(300, value)) });
    else view.sayWhyNot();
    return true;
  };
  if (side === "up" || side === "down") {
    const size = event.shiftKey ? 25 : 50;
    return change(now + (side === "up" ? size : -size));
  }
  if (event.key === "PageUp") return change(now + 100);
  if (event.key === "PageDown") return change(now - 100);
  if (event.key === "Home") return change(-300);
  if (event.key === "End") return change(300);
  if (side !== undefined && cell !== null) {
    const spot = view.focus.spotOf(cell);
    const next = view.focus.at({ row: spot.row, col: spot.col + (side === "left" ? -1 : 1) });
    const point = next?.querySelector<HTMLElement>("[data-emotion]") ?? next;
    if (point !== undefined) view.focus.to(point);
    return true;
  }
  if (event.key === "Enter" || event.key === "F2" || event.key === " ") {
    view.openDialog({ kind: "emotion", step });
    return true;
  }
  if (event.key === "Delete" || event.key === "Backspace") {
    const record = emotionOf(view.journey, step);
    if (record !== undefined && view.rights.edit(record))
      view.verbs.propose([{ type: "delete", id: record.id }]);
    return true;
  }
  return false;
}

export function onMarker(view: MapView, event: KeyboardEvent, node: HTMLElement): boolean {
  const id = node.dataset.id as ID;
  const cell = cellOf(node);
  const side = arrows[event.key];
  if (event.key === "Enter" || event.key === "F2") view.editRecord(id);
  else if (event.key === "Delete" || event.key === "Backspace") view.deleteAndRest([id]);
  else if (side !== undefined && cell !== null) {
    const next = side === "up" || side === "down" ? besides(node, side) : undefined;
    if (next !== undefined) view.focus.to(next);
    else view.focus.move(cell, ...(steps[side] as [number, number]));
  } else return false;
  return true;
}

export function onSticky(view: MapView, event: KeyboardEvent, node: HTMLElement): boolean {
  const id = node.dataset.id as ID;
  const may = view.rights.edit(view.record(id));
  const side = arrows[event.key];
  if (side !== undefined) {
    const far = event.shiftKey ? 80 : 8;
    const [dx, dy] = steps[side];
    const ids = view.selection.has(id) ? [...view.selection.all] : [id];
    if (may) view.verbs.moveSticky(ids, dx * far, dy * far);
    view.focus.toRecord(id);
  } else if (event.key === "Enter" || event.key === "F2") {
    view.editRecord(id);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    view.deleteAndRest(view.selection.has(id) ? [...view.selection.all] : [id]);
  } else if (event.key === " ") view.selection.toggle(id);
  else if (printable(event)) view.editRecord(id, { typed: event.key });
  else return false;
  return true;
}
