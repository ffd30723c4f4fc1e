// Dragging cards: a ghost under the pointer, the gap where they would land, the same shown to the others.
import { type ID, textField } from "../../board/record.ts";
import { el, style } from "../dom.ts";
import { cardsIn } from "./journey.ts";
import { laneColors } from "./peer-drag.ts";
import { holdsCards } from "./verbs.ts";
import type { MapView } from "./view.ts";

interface Landing {
  readonly lane: ID;
  readonly step: ID;
  readonly after: ID | "";
}

export interface Gesture {
  /** The pointer is at a point of the screen, or the view has moved under it. */
  move(x: number, y: number): void;
  drop(event: PointerEvent): void;
  cancel(): void;
}

/** Starts dragging the card under the pointer, with the selection where it belongs to it. */
export function dragCards(view: MapView, id: ID, x: number, y: number): Gesture {
  const ids = view.selection.has(id)
    ? [id, ...[...view.selection.all].filter((other) => other !== id && view.record(other)?.kind === "card")]
    : [id];
  const origin = view.nodes.get(id);
  const world = view.world.getBoundingClientRect();
  const from = view.boardAt(x, y);
  const box = origin?.getBoundingClientRect();
  const scale = view.camera.zoom;
  const ghost = origin?.cloneNode(true) as HTMLElement | undefined;
  const slot = el("div", "slot", { "aria-hidden": "true" });
  let landing: Landing | undefined;
  let hot: HTMLElement | undefined;

  if (ghost !== undefined && box !== undefined) {
    for (const name of ["data-id", "role", "tabindex", "aria-selected", "aria-label"])
      ghost.removeAttribute(name);
    ghost.setAttribute("aria-hidden", "true");
    ghost.classList.remove("wide");
    ghost.classList.add("ghost");
    const lane = origin?.closest(".lane");
    for (const name of laneColors) {
      if (lane) ghost.style.setProperty(name, getComputedStyle(lane).getPropertyValue(name));
    }
    style(ghost, "left", `${(box.left - world.left) / scale}px`);
    style(ghost, "top", `${(box.top - world.top) / scale}px`);
    style(ghost, "width", `${box.width / scale}px`);
    if (ids.length > 1) ghost.append(el("span", "mtn", {}, String(ids.length)));
    view.world.append(ghost);
  }
  for (const one of ids) view.nodes.get(one)?.classList.add("lifted");
  view.editor.end();

  const clean = (): void => {
    ghost?.remove();
    slot.remove();
    hot?.classList.remove("hot");
    for (const one of ids) view.nodes.get(one)?.classList.remove("lifted");
    view.replica.show({ drag: null });
  };

  const aim = (boardX: number, boardY: number, screenX: number, screenY: number): void => {
    const at = view.geometry.at(boardX, boardY);
    const cell = at && holdsCards(view.record(at.lane)) ? view.grid.cell(at.lane, at.step) : undefined;
    if (hot !== cell) {
      hot?.classList.remove("hot");
      cell?.classList.add("hot");
      hot = cell;
    }
    if (at === undefined || cell === undefined) {
      landing = undefined;
      slot.remove();
      return;
    }
    const cards = cardsIn(view.journey, at.lane, at.step).filter((card) => !ids.includes(card.id));
    let after: ID | "" = "";
    let before: HTMLElement | undefined;
    for (const card of cards) {
      const node = view.nodes.get(card.id);
      if (node === undefined || behind(node, screenX, screenY)) after = card.id;
      else {
        before = node;
        break;
      }
    }
    if (landing?.lane === at.lane && landing.step === at.step && landing.after === after) return;
    landing = { lane: at.lane, step: at.step, after };
    if (origin?.classList.contains("chip")) style(slot, "width", `${(box?.width ?? 0) / scale}px`);
    style(slot, "height", box === undefined ? "" : `${Math.max(27, box.height / scale)}px`);
    const list = cell.querySelector(":scope > .cards");
    if (list !== null) list.insertBefore(slot, before ?? null);
    else cell.append(slot);
  };

  return {
    move(nx, ny) {
      const at = view.boardAt(nx, ny);
      if (ghost !== undefined) style(ghost, "translate", `${at.x - from.x}px ${at.y - from.y}px`);
      aim(at.x, at.y, nx, ny);
      const cell = view.geometry.at(at.x, at.y);
      view.replica.show({
        drag:
          cell === undefined ? { id, x: Math.round(at.x * 10), y: Math.round(at.y * 10) } : { id, ...cell },
      });
    },
    drop(event) {
      const to = landing;
      clean();
      const tray = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-tray]");
      if (tray !== null && tray !== undefined) {
        view.verbs.placeCards(ids, "", "");
        return;
      }
      if (to === undefined) return;
      if (event.altKey) {
        for (const one of ids) copy(view, one, to);
        return;
      }
      const card = view.record(id);
      const same =
        textField(card, "lane") === to.lane && textField(card, "step") === to.step && ids.length === 1;
      if (same) {
        const cards = cardsIn(view.journey, to.lane, to.step);
        const i = cards.findIndex((one) => one.id === id);
        if ((cards[i - 1]?.id ?? "") === to.after) return;
      }
      if (view.verbs.placeCards(ids, to.lane, to.step, to.after)) {
        view.focus.toRecord(id);
        if (card !== undefined) view.say(view.verbs.placeName(card, to.lane, to.step));
      }
    },
    cancel: clean,
  };
}

/** Whether a point comes behind a card where cards lie one below the other, or, as chips, in lines. */
function behind(node: HTMLElement, x: number, y: number): boolean {
  const { left, top, bottom, width, height } = node.getBoundingClientRect();
  if (!node.classList.contains("chip")) return top + height / 2 < y;
  return bottom < y || (top <= y && left + width / 2 < x);
}

/** A copy of a card at the place, with what it says and how it looks. */
function copy(view: MapView, id: ID, to: Landing): void {
  const card = view.record(id);
  if (card === undefined) return;
  const { lane: _l, step: _s, rank: _r, activity: _a, from: _f, ...fields } = card.fields;
  view.verbs.addCard(to.lane, to.step, fields, to.after);
}
