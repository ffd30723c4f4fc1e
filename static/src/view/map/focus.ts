// The one tab stop of the grid, and where arrows lead from it.
import type { ID } from "../../board/record.ts";
import { attr } from "../dom.ts";
import { announce } from "../notices.ts";
import { w } from "../words/index.ts";
import { farZoom } from "./far.ts";
import { laneWidth } from "./geometry.ts";
import type { MapView } from "./view.ts";

interface Spot {
  readonly row: number;
  readonly col: number;
}

const cellKinds = ".cell, .lh, .st, .ph, .corner";

/** The grid cell (head or cell) a node lies in. */
export function cellOf(node: Element | null): HTMLElement | null {
  return node?.closest<HTMLElement>(cellKinds) ?? null;
}

export class Focus {
  readonly #view: MapView;
  #stop: HTMLElement | undefined;
  /** Where the focus was, in case what held it goes. */
  #spot: Spot | undefined;
  #heldID: ID | undefined;

  constructor(view: MapView) {
    this.#view = view;
    view.grid.el.addEventListener("focusin", (event) => {
      const node = event.target as HTMLElement;
      const cell = cellOf(node);
      if (cell !== null) {
        this.#makeStop(cell);
        view.grid.mount(cell.dataset.lane ?? "", cell.dataset.step ?? "");
      }
      this.#heldID = (node.dataset.id ?? undefined) as ID | undefined;
    });
    // What Tab leads to is brought into sight by the camera; the browser itself scrolls nothing here.
    view.stage.addEventListener("focusin", (event) => {
      const node = event.target as HTMLElement;
      const pointed = view.stage.classList.contains("by-pointer");
      if (node !== view.stage && !pointed && !node.matches(".editor")) this.reveal(node);
    });
    // Who leaves the map for nothing has left it. Only what is taken away or moved under the focus is made up for.
    view.stage.addEventListener("focusout", (event) => {
      if (event.relatedTarget !== null) return;
      queueMicrotask(() => {
        if ((event.target as Node).isConnected && document.activeElement === document.body)
          this.#heldID = undefined;
      });
    });
    view.onDraw(() => this.#afterDraw());
  }

  /** The grid cell at a place: row 0 is phases, 1 steps, lanes follow; column 0 holds the heads. */
  at(spot: Spot): HTMLElement | undefined {
    const { journey, nodes, grid } = this.#view;
    const { row, col } = spot;
    if (col === 0) return row < 2 ? nodes.get("corner") : nodes.get(journey.lanes[row - 2]?.id ?? "");
    const step = journey.steps[col - 1];
    if (step === undefined) return undefined;
    if (row === 0) return nodes.get(step.phase.id);
    if (row === 1) return nodes.get(step.record.id);
    const lane = journey.lanes[row - 2];
    if (lane === undefined) return undefined;
    return grid.cell(lane.id, step.record.id);
  }

  spotOf(cell: HTMLElement): Spot {
    return { row: Number(cell.dataset.row ?? 0), col: Number(cell.dataset.col ?? 0) };
  }

  /** Moves the focus from a cell; phases are as wide as their steps. */
  move(cell: HTMLElement, dx: number, dy: number): boolean {
    const { journey } = this.#view;
    const from = this.spotOf(cell);
    let { row, col } = from;
    if (cell.classList.contains("ph") && dx !== 0) {
      const phase = journey.phases.find((p) => p.from === col - 1);
      col = dx > 0 ? col + (phase?.steps.length ?? 1) : col - 1;
    } else col += dx;
    row += dy;
    if (cell.classList.contains("corner") && dy > 0) row = 2;
    const next = this.at({ row, col });
    if (next === undefined || next === cell) return false;
    this.to(next);
    return true;
  }

  /** The end of a row (or of the whole map) in a direction. */
  toEnd(cell: HTMLElement, side: "start" | "end", whole: boolean): void {
    const { journey } = this.#view;
    const row = whole ? (side === "start" ? 0 : journey.lanes.length + 1) : this.spotOf(cell).row;
    const col = side === "start" ? 0 : journey.steps.length;
    const next = this.at({ row, col });
    if (next !== undefined) this.to(next);
  }

  /** Focuses a node of the grid and brings it into sight. */
  to(node: HTMLElement): void {
    const cell = cellOf(node);
    if (cell !== null) this.#makeStop(cell);
    node.focus({ preventScroll: true });
    // A card among silhouettes is shown at a size it can be read at.
    const inside = node !== cell && this.#view.camera.zoom < farZoom;
    this.reveal(node, inside ? 0.6 : 0);
  }

  /** Focuses what draws a record. */
  toRecord(id: ID): boolean {
    const node = this.#view.nodeOf(id);
    if (node === undefined) return false;
    this.to(node);
    return true;
  }

  /** Goes to the panel that a key opened, or back to the map when it closed it. */
  panel(): void {
    if (this.#view.panel.value === undefined) this.enter();
    else setTimeout(() => document.querySelector<HTMLElement>(".panel .pbd")?.focus(), 50); // once it is drawn
  }

  /** The focus is elsewhere, where what is taken away from under it is made up for. */
  leave(): void {
    this.#heldID = undefined;
  }

  /** Where Tab enters the grid. */
  enter(): void {
    this.to(this.#stop ?? this.at({ row: 2, col: 1 }) ?? this.#view.grid.el);
  }

  reveal(node: HTMLElement, least = 0): void {
    const { camera, world, geometry } = this.#view;
    const at = world.getBoundingClientRect();
    const box = node.getBoundingClientRect();
    const scale = camera.zoom;
    // Heads at the edge cover cells and each other; what lies beside the map is under none of them.
    const beside = node.closest(".map") === null;
    const inHead = beside || node.closest(".hd") !== null;
    const inLane = beside || node.closest(".lh, .corner") !== null;
    camera.reveal(
      { x: (box.x - at.x) / scale, y: (box.y - at.y) / scale, w: box.width / scale, h: box.height / scale },
      { left: inLane ? 0 : laneWidth, top: inHead ? 0 : geometry.row(0).h },
      least,
    );
  }

  /** Makes the tab stop one again after it was covered. */
  keepStop(): void {
    if (this.#stop !== undefined) attr(this.#stop, "tabindex", 0);
  }

  #makeStop(cell: HTMLElement): void {
    if (this.#stop !== cell) {
      if (this.#stop !== undefined) attr(this.#stop, "tabindex", -1);
      this.#stop = cell;
    }
    attr(cell, "tabindex", 0);
    this.#spot = this.spotOf(cell);
  }

  /** Keeps the tab stop alive; when what had the focus is gone, its neighbour takes it and it is said. */
  #afterDraw(): void {
    const view = this.#view;
    const held = this.#heldID;
    const lost = document.activeElement === document.body || document.activeElement === null;
    if (held !== undefined && lost && this.#spot !== undefined) {
      const node = view.record(held) === undefined ? undefined : view.nodeOf(held);
      if (node !== undefined) node.focus({ preventScroll: true });
      else {
        const near =
          this.at(this.#spot) ?? this.at({ row: this.#spot.row, col: Math.max(0, this.#spot.col - 1) });
        if (near !== undefined && view.stage.isConnected) {
          near.focus({ preventScroll: true });
          if (!view.verbs.acting) announce(w().notice.deletedByOther);
        }
      }
    }
    if (this.#stop === undefined || !this.#stop.isConnected) {
      const first =
        (this.#spot && this.at(this.#spot)) ?? this.at({ row: 2, col: 1 }) ?? this.at({ row: 1, col: 1 });
      if (first !== undefined) this.#makeStop(first);
    }
  }
}
