// What another person drags: its origin faded, a ghost of it in the person's colour, and where it would land.
import { type BoardRecord, type ID, kindOf, textField } from "../../board/record.ts";
import type { Drag } from "../../collab/presence.ts";
import { el, style } from "../dom.ts";
import { DropLine } from "./drop-line.ts";
import { emotionAt, emotionHeight, emotionY } from "./emotion.ts";
import { face, levelColor } from "./face.ts";
import type { CellPoint } from "./geometry.ts";
import { emotionOf } from "./journey.ts";
import { holdsCards } from "./verbs.ts";
import type { MapView } from "./view.ts";

/** What a card takes from its lane, and a ghost of it has to bring along. */
export const laneColors = ["--ti", "--tint", "--to", "--tb"];

/** An emotion that is dragged to a value, as others are told: by its own id, or its step's where none is set yet. */
export function emotionDrag(view: MapView, lane: ID, step: ID, value: number): Drag {
  const fy = Math.round((emotionY(value) / emotionHeight) * 1000);
  return { id: emotionOf(view.journey, step)?.id ?? step, lane, step, fx: 500, fy };
}

/** A card that would end with a step. */
export function spanDrag(card: BoardRecord, end: ID): Drag {
  return { id: card.id, size: true, lane: textField(card, "lane") as ID, step: end, fx: 1000, fy: 500 };
}

/** A step or phase that would stand behind so many steps. */
export function columnDrag(view: MapView, id: ID, count: number): Drag {
  return { id, x: Math.round(view.geometry.column(count) * 10), y: 0 };
}

/** A lane that would stand below so many lanes: by the edge of one of them, for their heights differ between languages. */
export function laneDrag(view: MapView, id: ID, count: number): Drag | null {
  const lane = view.journey.lanes[Math.max(0, count - 1)];
  const step = view.journey.steps[0];
  if (lane === undefined || step === undefined) return null;
  return { id, lane: lane.id, step: step.record.id, fx: 0, fy: count === 0 ? 0 : 1000 };
}

export class PeerDrag {
  readonly #view: MapView;
  /** What lies here goes under the heads. */
  readonly #low: HTMLElement;
  #what = "";
  #origin: HTMLElement | undefined;
  #ghost: HTMLElement | undefined;
  #size = { w: 0, h: 0 };
  #land: HTMLElement | undefined;
  #line: DropLine | undefined;

  constructor(view: MapView, low: HTMLElement) {
    this.#view = view;
    this.#low = low;
  }

  draw(drag: Drag | undefined, color: string): void {
    const kind = drag === undefined ? "" : kindOf(drag.id);
    // A step over a cell is its emotion that is not set yet; its head is said beside the cells.
    const feels = drag !== undefined && "lane" in drag && (kind === "emotion" || kind === "step");
    const what = drag === undefined ? "" : `${drag.id} ${feels} ${drag.size}`;
    if (what !== this.#what) this.close();
    this.#what = what;
    if (drag === undefined) return;
    if (feels) this.#drawEmotion(drag, color);
    else if (["phase", "step", "lane"].includes(kind)) this.#drawLine(drag, color);
    else if (drag.size === true) this.#drawSize(drag, color);
    else {
      this.#drawGhost(drag, color);
      this.#drawLanding(drag, color);
    }
  }

  close(): void {
    this.#what = "";
    this.#lift(undefined);
    this.#ghost?.remove();
    this.#ghost = undefined;
    this.#line?.remove();
    this.#line = undefined;
    this.#land?.remove();
    this.#land = undefined;
  }

  #lift(origin: HTMLElement | undefined): void {
    if (origin !== this.#origin) this.#origin?.classList.remove("lifted");
    this.#origin = origin;
    origin?.classList.add("lifted");
  }

  /** Puts the ghost on the board. It goes by `translate`, for it is turned, and a transform would be turned with it. */
  #place(x: number, y: number): void {
    if (this.#ghost !== undefined) style(this.#ghost, "translate", `${Math.round(x)}px ${Math.round(y)}px`);
  }

  #show(ghost: HTMLElement, color: string): void {
    ghost.classList.add("ghost");
    style(ghost, "--c", color);
    style(ghost, "transition", "translate 80ms linear");
    ghost.style.left = "0";
    ghost.style.top = "0";
    this.#view.world.append(ghost);
    this.#ghost = ghost;
  }

  #drawEmotion(drag: Drag & CellPoint, color: string): void {
    const { geometry, journey, nodes } = this.#view;
    const cell = geometry.cell(drag.lane, drag.step);
    if (cell === undefined) {
      this.close();
      return;
    }
    const value = emotionAt((drag.fy / 1000) * emotionHeight);
    const own = (emotionOf(journey, drag.step)?.id ?? drag.step) === drag.id; // not another persona's
    this.#lift(own ? nodes.get(`emotion:${drag.step}`) : undefined);
    if (this.#ghost === undefined) this.#show(el("div", "pt", { "aria-hidden": "true" }), color);
    const fill = levelColor(value);
    if (this.#ghost?.style.getPropertyValue("--fill") !== fill) {
      this.#ghost?.replaceChildren(face(value));
      this.#ghost?.style.setProperty("--fill", fill);
    }
    this.#place(cell.x + cell.w / 2, cell.y + emotionY(value));
  }

  #drawLine(drag: Drag, color: string): void {
    const { geometry, journey, nodes } = this.#view;
    this.#lift(nodes.get(drag.id));
    this.#line ??= new DropLine(this.#view, color);
    if (!("lane" in drag)) this.#line.behindSteps(geometry.boundary(drag.x / 10));
    else {
      const row = journey.lanes.findIndex((lane) => lane.id === drag.lane);
      if (row < 0) this.#line.remove();
      else this.#line.belowLanes(drag.fy < 500 ? row : row + 1);
    }
  }

  #drawGhost(drag: Drag, color: string): void {
    this.#copy(drag.id, color);
    const point = "lane" in drag ? this.#view.geometry.point(drag) : { x: drag.x / 10, y: drag.y / 10 };
    if (point !== undefined) this.#place(point.x - this.#size.w * 0.72, point.y - this.#size.h * 0.6);
  }

  /** A card as wide or a sticky as large as it would be, where it is. */
  #drawSize(drag: Drag, color: string): void {
    const origin = this.#copy(drag.id, color);
    if (origin === undefined || this.#ghost === undefined) return;
    const { geometry, journey, camera, world } = this.#view;
    const [own, base] = [origin.getBoundingClientRect(), world.getBoundingClientRect()];
    this.#place((own.left - base.left) / camera.zoom, (own.top - base.top) / camera.zoom);
    style(this.#ghost, "rotate", "none");
    if (!("lane" in drag)) {
      style(this.#ghost, "width", `${drag.x / 10}px`);
      style(this.#ghost, "min-height", `${drag.y / 10}px`);
      return;
    }
    const from = journey.stepAt.get(textField(this.#view.record(drag.id), "step") as ID);
    const to = journey.stepAt.get(drag.step);
    if (from === undefined || to === undefined) return;
    style(this.#ghost, "width", `${Math.max(1, to.index + 1 - from.index) * geometry.step - 12}px`);
  }

  /** Makes the ghost a copy of what is dragged. */
  #copy(id: ID, color: string): HTMLElement | undefined {
    const origin = this.#view.nodes.get(id);
    if (this.#ghost === undefined && origin !== undefined) {
      const copy = origin.cloneNode(true) as HTMLElement;
      for (const name of ["data-id", "role", "tabindex", "aria-selected", "aria-label"])
        copy.removeAttribute(name);
      copy.setAttribute("aria-hidden", "true");
      copy.classList.remove("lifted");
      const lane = origin.closest<HTMLElement>(".lane");
      for (const name of laneColors)
        if (lane) style(copy, name, getComputedStyle(lane).getPropertyValue(name));
      style(copy, "width", `${origin.offsetWidth}px`);
      this.#size = { w: origin.offsetWidth, h: origin.offsetHeight };
      this.#show(copy, color);
    }
    this.#lift(origin);
    return origin;
  }

  #drawLanding(drag: Drag, color: string): void {
    const { geometry, camera } = this.#view;
    const cell =
      "lane" in drag && holdsCards(this.#view.record(drag.lane))
        ? geometry.cell(drag.lane, drag.step)
        : undefined;
    if (cell === undefined) {
      this.#land?.remove();
      this.#land = undefined;
      return;
    }
    if (this.#land === undefined) {
      this.#land = el("div", "land", { "aria-hidden": "true" });
      this.#low.append(this.#land);
    }
    const at = camera.toScreen(cell.x, cell.y);
    style(this.#land, "--c", color);
    style(this.#land, "transform", `translate(${Math.round(at.x) + 3}px, ${Math.round(at.y) + 3}px)`);
    style(this.#land, "width", `${cell.w * camera.zoom - 6}px`);
    style(this.#land, "height", `${cell.h * camera.zoom - 6}px`);
  }
}
