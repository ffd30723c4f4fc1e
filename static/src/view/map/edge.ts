// Near the edge of the stage a drag takes the view along, for as long as it is held there.
import type { MapView } from "./view.ts";

/** How near, in px, and how fast at the edge itself, in px per ms. */
const reach = 36;
const fastest = 0.6;
/** How much paper comes into sight behind the last thing on it, in px. */
const paper = 120;

/** How fast the view goes along one side of the stage for a pointer at `at`; `room` is what there is to see before and behind. */
export function edgeSpeed(
  at: number,
  end: number,
  room: { readonly before: boolean; readonly behind: boolean },
): number {
  if (at < reach) return room.before ? (fastest * (reach - at)) / reach : 0;
  if (at > end - reach) return room.behind ? (fastest * (end - reach - at)) / reach : 0;
  return 0;
}

export class Edge {
  readonly #view: MapView;
  #at = { x: 0, y: 0 };
  #moved: (() => void) | undefined;
  #frame = 0;
  #last = 0;

  constructor(view: MapView) {
    this.#view = view;
  }

  /** A drag is at a point of the screen; `moved` is called each time that the view has moved under it. */
  hold(x: number, y: number, moved: () => void): void {
    this.#at = { x, y };
    this.#moved = moved;
    if (this.#frame !== 0) return;
    this.#last = performance.now();
    this.#frame = requestAnimationFrame((now) => this.#go(now));
  }

  /** The drag has ended. */
  rest(): void {
    this.#moved = undefined;
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #go(now: number): void {
    this.#frame = 0;
    const speed = this.#speed();
    const moved = this.#moved;
    if (moved === undefined || (speed.x === 0 && speed.y === 0)) return;
    const ms = Math.max(0, Math.min(50, now - this.#last)); // a page that stood still does not leap
    this.#last = now;
    this.#view.camera.panBy(speed.x * ms, speed.y * ms);
    moved();
    if (this.#moved !== undefined) this.#frame = requestAnimationFrame((next) => this.#go(next));
  }

  /** None over a panel and beyond the window. It ends where only paper would follow. */
  #speed(): { x: number; y: number } {
    const { stage, camera, extent } = this.#view;
    const { x, y } = this.#at;
    const under = document.elementFromPoint(x, y);
    if (under === null || under.closest(".panel") !== null) return { x: 0, y: 0 };
    const box = stage.getBoundingClientRect();
    const from = camera.toScreen(extent.x, extent.y);
    const to = camera.toScreen(extent.x + extent.w, extent.y + extent.h);
    const room = (start: number, stop: number, end: number) => ({
      before: start < paper,
      behind: stop > end - paper,
    });
    return {
      x: edgeSpeed(x - box.left, camera.width, room(from.x, to.x, camera.width)),
      y: edgeSpeed(y - box.top, camera.height, room(from.y, to.y, camera.height)),
    };
  }
}
