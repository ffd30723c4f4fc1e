// Where cells lie, in board pixels. Columns are arithmetic; row heights come from a ResizeObserver, so nothing here
// makes the browser lay out in the middle of a frame.
import type { ID } from "../../board/record.ts";
import type { Box } from "./camera.ts";
import type { Journey } from "./journey.ts";

export const laneWidth = 148;
/** Above so many cards, only those near the window are in the page. */
export const mountLimit = 800;

/** Few steps are wide, many are narrow; the same for everyone on a board, so that what stands below a step stays there. */
export function stepWidth(steps: number): number {
  return Math.max(148, Math.min(240, Math.floor(1640 / Math.max(1, steps))));
}

export interface CellPoint {
  readonly lane: ID;
  readonly step: ID;
  /** Per mille of the cell's width and height. */
  readonly fx: number;
  readonly fy: number;
}

export class Geometry {
  step = 148;
  head = 76;
  #journey: Journey | undefined;
  #heights = new Map<Element, number>();
  #rows: readonly HTMLElement[] = [];
  readonly #observer: ResizeObserver;
  readonly #listeners = new Set<() => void>();

  constructor() {
    this.#observer = new ResizeObserver((entries) => {
      let moved = false;
      for (const entry of entries) {
        const height = entry.borderBoxSize[0]?.blockSize ?? 0;
        if (this.#heights.get(entry.target) === height) continue;
        this.#heights.set(entry.target, height);
        moved = true;
      }
      if (moved) for (const fn of this.#listeners) fn();
    });
  }

  onChange(fn: () => void): () => void {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  /** Takes the rows as they stand now: the head first, then one per shown lane. */
  use(journey: Journey, rows: readonly HTMLElement[]): void {
    this.#journey = journey;
    this.step = stepWidth(journey.steps.length);
    for (const row of rows) if (!this.#rows.includes(row)) this.#observer.observe(row);
    for (const row of this.#rows) {
      if (rows.includes(row)) continue;
      this.#observer.unobserve(row);
      this.#heights.delete(row);
    }
    this.#rows = rows;
  }

  get width(): number {
    return laneWidth + (this.#journey?.steps.length ?? 0) * this.step;
  }

  get height(): number {
    let sum = 0;
    for (const row of this.#rows) sum += this.#heights.get(row) ?? 0;
    return sum;
  }

  get box(): Box {
    return { x: 0, y: 0, w: this.width, h: this.height };
  }

  /** The box of a row: 0 is the head, 1 the first lane. */
  row(index: number): { y: number; h: number } {
    let y = 0;
    for (let i = 0; i < index; i++) y += this.#heights.get(this.#rows[i] as Element) ?? 0;
    return { y, h: this.#heights.get(this.#rows[index] as Element) ?? 0 };
  }

  /** The row at a height, and where it begins. */
  rowAt(at: number): { readonly row: HTMLElement; readonly y: number } | undefined {
    let y = 0;
    for (const row of this.#rows) {
      const h = this.#heights.get(row) ?? 0;
      if (at < y + h) return { row, y };
      y += h;
    }
    return undefined;
  }

  /** Where a row begins. */
  top(row: HTMLElement): number | undefined {
    const index = this.#rows.indexOf(row);
    return index < 0 ? undefined : this.row(index).y;
  }

  cell(lane: ID, step: ID): Box | undefined {
    const journey = this.#journey;
    const at = journey?.stepAt.get(step);
    const row = journey?.lanes.findIndex((l) => l.id === lane) ?? -1;
    if (at === undefined || row < 0) return undefined;
    const { y, h } = this.row(row + 1);
    return { x: laneWidth + at.index * this.step, y, w: this.step, h };
  }

  /** What is left of or above this lies under pinned heads, or is cut off beside them. */
  hidden = { x: 0, y: 0 };

  /** Whether a point of the map cannot be seen for the heads. */
  hides(x: number, y: number): boolean {
    return x < this.width && y < this.height && (x < this.hidden.x || y < this.hidden.y);
  }

  /** The cell that is seen at a point of the board. */
  at(x: number, y: number): CellPoint | undefined {
    const journey = this.#journey;
    if (journey === undefined || this.hides(x, y) || x < laneWidth || x >= this.width || y < 0)
      return undefined;
    const index = Math.floor((x - laneWidth) / this.step);
    const step = journey.steps[index];
    for (let i = 1; i < this.#rows.length; i++) {
      const { y: top, h } = this.row(i);
      if (y < top || y >= top + h) continue;
      const lane = journey.lanes[i - 1];
      if (lane === undefined || step === undefined) return undefined;
      return {
        lane: lane.id,
        step: step.record.id,
        fx: Math.round(((x - laneWidth - index * this.step) / this.step) * 1000),
        fy: Math.round(((y - top) / h) * 1000),
      };
    }
    return undefined;
  }

  /** The point of the board that a cell point names here. */
  point(at: CellPoint): { x: number; y: number } | undefined {
    const cell = this.cell(at.lane, at.step);
    if (cell === undefined) return undefined;
    return { x: cell.x + (cell.w * at.fx) / 1000, y: cell.y + (cell.h * at.fy) / 1000 };
  }

  /** Where the boundary behind so many steps lies. */
  column(count: number): number {
    return laneWidth + count * this.step;
  }

  /** The boundary between steps that is nearest to x: 0 is before the first. */
  boundary(x: number): number {
    const n = this.#journey?.steps.length ?? 0;
    return Math.max(0, Math.min(n, Math.round((x - laneWidth) / this.step)));
  }
}
