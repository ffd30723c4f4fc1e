// The line where a phase, step or lane would come to stand.
import { el, style } from "../dom.ts";
import type { MapView } from "./view.ts";

export class DropLine {
  readonly #view: MapView;
  readonly #el = el("div", "dropline", { "aria-hidden": "true" });

  /** In somebody's colour, or in one's own. */
  constructor(view: MapView, color = "") {
    this.#view = view;
    style(this.#el, "--c", color);
  }

  /** From top to bottom, behind so many steps. */
  behindSteps(count: number): void {
    const { geometry } = this.#view;
    this.#draw(geometry.column(count) - 2, 0, 4, geometry.height);
  }

  /** From side to side, below so many lanes. */
  belowLanes(count: number): void {
    const { geometry } = this.#view;
    const edge = geometry.row(count + 1).y || geometry.height;
    this.#draw(0, edge - 2, geometry.width, 4);
  }

  remove(): void {
    this.#el.remove();
  }

  #draw(x: number, y: number, width: number, height: number): void {
    style(this.#el, "left", `${x}px`);
    style(this.#el, "top", `${y}px`);
    style(this.#el, "width", `${width}px`);
    style(this.#el, "height", `${height}px`);
    if (!this.#el.isConnected) this.#view.world.append(this.#el);
  }
}
