// Which cells hold their cards in the page. Up to 800 cards all of them do: focus, the browser's search and screen
// readers need them. Above that only cells in the window and half a screen round it; the others keep their height and
// their names. Where the focus is, cards always are.
import type { CellNode } from "./cell.ts";
import { farZoom } from "./far.ts";
import { laneWidth } from "./geometry.ts";
import type { Grid } from "./grid.ts";
import type { MapView } from "./view.ts";

/** Cards that are made or dropped in one frame while the view moves. */
const atOnce = 120;

interface Range {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export class Mounting {
  readonly #view: MapView;
  readonly #grid: Grid;
  #frame = 0;
  #whole = false;
  #last = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(view: MapView) {
    this.#view = view;
    this.#grid = view.grid;
    view.camera.onMove(() => this.#later());
    view.geometry.onChange(() => this.#later());
    view.onDraw(() => this.#later());
  }

  /** Mounts everything, for paper and for whoever has to have it all; `false` goes back to the window. */
  all(on: boolean): void {
    this.#whole = on;
    if (on) for (const cell of this.#grid.eachCell()) cell.cell.mount(true);
    else this.#later();
  }

  /** At most every tenth of a second, unless there is something to see: each change paints the map anew. */
  #later(): void {
    if (this.#frame !== 0 || (!this.#grid.windowed && !this.#grid.partial)) return;
    this.#frame = requestAnimationFrame((now) => {
      this.#frame = 0;
      if (now - this.#last < 100 && !this.#empty()) {
        this.#rest ??= setTimeout(() => {
          this.#rest = undefined;
          this.#later();
        }, 100);
        return;
      }
      this.#last = now;
      this.#step();
    });
  }

  /** Whether a cell in the window waits for its cards. */
  #empty(): boolean {
    const view = this.#view;
    const grid = this.#grid;
    if (view.camera.zoom < farZoom) return false;
    const seen = this.#range(0);
    for (const { cell, row, index } of grid.eachCell()) {
      if (cell.mounted || index < seen.left || index > seen.right) continue;
      const { y, h } = view.geometry.row(row + 1);
      if (y < seen.bottom && y + h > seen.top) return true;
    }
    return false;
  }

  #range(margin: number): Range {
    const { camera, geometry } = this.#view;
    const a = camera.toBoard(-camera.width * margin, -camera.height * margin);
    const b = camera.toBoard(camera.width * (1 + margin), camera.height * (1 + margin));
    return {
      left: Math.floor((a.x - laneWidth) / geometry.step),
      right: Math.floor((b.x - laneWidth) / geometry.step),
      top: a.y,
      bottom: b.y,
    };
  }

  /** Brings some cells into the state they should have: first what can be seen, then what is near, then the rest. */
  #step(): void {
    const view = this.#view;
    const grid = this.#grid;
    if (this.#whole) return;
    const far = view.camera.zoom < farZoom;
    const everything = !grid.windowed;
    const seen = this.#range(0);
    const near = this.#range(0.5);
    const kept = this.#range(1);
    const first: CellNode[] = [];
    const second: CellNode[] = [];
    const drop: CellNode[] = [];
    const rows = view.journey.lanes.map((_, i) => view.geometry.row(i + 1));
    const inside = (range: Range, row: number, index: number): boolean => {
      const at = rows[row];
      return (
        at !== undefined &&
        index >= range.left &&
        index <= range.right &&
        at.y < range.bottom &&
        at.y + at.h > range.top
      );
    };
    for (const { cell, row, index } of grid.eachCell()) {
      if (cell.mounted) {
        if (everything || cell.pinned()) continue;
        if (far || !inside(kept, row, index)) drop.push(cell);
      } else if (everything) second.push(cell);
      else if (far) continue;
      else if (inside(seen, row, index)) first.push(cell);
      else if (inside(near, row, index)) second.push(cell);
    }
    for (const cell of drop) cell.measure();
    let left = atOnce;
    // What can be seen is there at once, within reason.
    for (const cell of first) if (left > -atOnce * 3) left -= cell.mount(true);
    for (const cell of second) if (left > 0) left -= cell.mount(true);
    let dropped = 0;
    for (const cell of drop) {
      if (dropped > atOnce * 2) break;
      dropped += cell.mount(false);
    }
    const more = [...first, ...second].some((cell) => !cell.mounted) || drop.some((cell) => cell.mounted);
    grid.partial = more || grid.windowed;
    if (more) this.#later();
  }
}
