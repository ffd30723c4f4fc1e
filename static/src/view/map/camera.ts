// The camera: one transform for the whole world, and what has to know about it.
import { style } from "../dom.ts";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export const zoomRange = { min: 0.05, max: 4 } as const;

/** Room the islands take at the edges of the stage, in screen pixels. */
export const inset = { left: 12, top: 72, right: 12, bottom: 72 };

export class Camera {
  x = inset.left;
  y = inset.top;
  zoom = 1;
  width = 0;
  height = 0;
  readonly #listeners = new Set<() => void>();
  #settle: ReturnType<typeof setTimeout> | undefined;
  #gliding = 0;
  #drawn = 0;
  #carried = 0;
  readonly #world: HTMLElement;
  readonly #frame: HTMLElement;
  readonly #stage: HTMLElement;
  /** How far the world is cut off at the left and at the top, in screen pixels. */
  edge = { left: 0, top: 0 };

  /** The world lies in a frame, and the frame in the stage. */
  constructor(stage: HTMLElement, frame: HTMLElement, world: HTMLElement) {
    this.#stage = stage;
    this.#frame = frame;
    this.#world = world;
    new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      this.width = entry.contentRect.width;
      this.height = entry.contentRect.height;
      this.#changed();
    }).observe(stage);
    this.width = stage.clientWidth;
    this.height = stage.clientHeight;
  }

  /** Calls back after each move, once per frame. */
  onMove(fn: () => void): () => void {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  /** A point of the screen in board pixels. */
  toBoard(x: number, y: number): { x: number; y: number } {
    return { x: (x - this.x) / this.zoom, y: (y - this.y) / this.zoom };
  }

  /** A point of the board in screen pixels. */
  toScreen(x: number, y: number): { x: number; y: number } {
    return { x: x * this.zoom + this.x, y: y * this.zoom + this.y };
  }

  panBy(dx: number, dy: number): void {
    this.#stop();
    this.#place(this.x + dx, this.y + dy, this.zoom);
  }

  /** Zooms and keeps the point of the screen where it is. */
  zoomAt(x: number, y: number, zoom: number): void {
    this.#stop();
    const next = Math.min(zoomRange.max, Math.max(zoomRange.min, zoom));
    const at = this.toBoard(x, y);
    this.#place(x - at.x * next, y - at.y * next, next);
  }

  /** Zooms, and lays a point of the board under a point of the screen. */
  hold(
    board: { readonly x: number; readonly y: number },
    at: { readonly x: number; readonly y: number },
    zoom: number,
  ): void {
    this.#stop();
    const next = Math.min(zoomRange.max, Math.max(zoomRange.min, zoom));
    this.#place(at.x - board.x * next, at.y - board.y * next, next);
  }

  zoomBy(factor: number): void {
    this.zoomAt(this.width / 2, this.height / 2, this.zoom * factor);
  }

  /**
   * Shows a box whole, at most at `max`; a box that would be too small to read is shown from its start. Where something
   * lies in the corner at the lower right, the box stays above it or left of it, whichever leaves it larger.
   */
  fit(box: Box, max = 1, least = 0.05, corner?: { readonly w: number; readonly h: number }): void {
    let w = this.width - inset.left - inset.right;
    let h = this.height - inset.top - inset.bottom;
    if (corner !== undefined) {
      const beside = Math.min((w - corner.w) / box.w, h / box.h);
      const above = Math.min(w / box.w, (h - corner.h) / box.h);
      if (Math.min(w / box.w, h / box.h) > Math.max(beside, above) && Math.max(beside, above) < max) {
        if (beside > above) w -= corner.w;
        else h -= corner.h;
      }
    }
    const zoom = Math.max(least, Math.min(max, w / box.w, h / box.h));
    const x = box.w * zoom > w ? inset.left : inset.left + (w - box.w * zoom) / 2;
    const y = inset.top;
    this.glide(x - box.x * zoom, y - box.y * zoom, zoom);
  }

  /** Moves just far enough that the box can be seen; grows a small zoom to `least`. */
  reveal(box: Box, pinned: { left: number; top: number }, least = 0): void {
    const zoom = Math.max(this.zoom, least);
    const left = inset.left + pinned.left * zoom;
    const top = inset.top + pinned.top * zoom;
    const right = this.width - inset.right;
    const bottom = this.height - inset.bottom;
    let { x, y } = this;
    if (zoom !== this.zoom) {
      x = (left + right) / 2 - (box.x + box.w / 2) * zoom;
      y = (top + bottom) / 2 - (box.y + box.h / 2) * zoom;
    }
    const sx = box.x * zoom + x;
    const sy = box.y * zoom + y;
    if (sx < left) x += left - sx;
    else if (sx + box.w * zoom > right) x -= Math.min(sx + box.w * zoom - right, sx - left);
    if (sy < top) y += top - sy;
    else if (sy + box.h * zoom > bottom) y -= Math.min(sy + box.h * zoom - bottom, sy - top);
    if (x !== this.x || y !== this.y || zoom !== this.zoom) this.glide(x, y, zoom);
  }

  /** Moves there in 320 ms, at once where motion is not wanted. */
  glide(x: number, y: number, zoom: number): void {
    this.#stop();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches || this.#drawn === 0) {
      this.#place(x, y, zoom);
      return;
    }
    const from = { x: this.x, y: this.y, zoom: this.zoom };
    this.#carried = 0;
    const start = performance.now();
    const step = (now: number): void => {
      const t = Math.min(1, (now - start) / 320);
      const e = 1 - (1 - t) ** 3;
      const down = from.y + (y - from.y) * e + this.#carried;
      this.#place(from.x + (x - from.x) * e, down, from.zoom + (zoom - from.zoom) * e);
      if (t < 1) this.#gliding = requestAnimationFrame(step);
    };
    this.#gliding = requestAnimationFrame(step);
  }

  /** Goes along with what moved on the board, also in the middle of a glide. */
  shift(dy: number): void {
    if (dy === 0) return;
    this.#carried += dy;
    this.#place(this.x, this.y + dy, this.zoom);
  }

  #stop(): void {
    cancelAnimationFrame(this.#gliding);
  }

  #place(x: number, y: number, zoom: number): void {
    this.x = x;
    this.y = y;
    this.zoom = zoom;
    this.#changed();
  }

  /** Draws once per frame; at rest the translation lies on whole device pixels and the layer is let go. */
  #changed(): void {
    if (this.#drawn === -1) return;
    this.#drawn = -1;
    requestAnimationFrame(() => {
      this.#drawn = 1;
      this.#draw();
    });
  }

  #draw(): void {
    this.#world.classList.add("moving");
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => {
      this.#world.classList.remove("moving");
      this.#transform(devicePixelRatio);
    }, 150);
    this.#transform(0);
    let dot = 24 * this.zoom;
    while (dot < 14) dot *= 2; // far away the paper is not a grey

    style(this.#stage, "background-size", `${dot}px ${dot}px`);
    style(this.#stage, "background-position", `${this.x % dot}px ${this.y % dot}px`);
    for (const fn of this.#listeners) fn();
  }

  /** Cuts the world off at the insets, where heads stay at the edge and all else goes under them. */
  cut(left: boolean, top: boolean): void {
    const next = { left: left ? inset.left : 0, top: top ? inset.top : 0 };
    const frame = this.#frame;
    style(frame, "border-top-left-radius", left || top ? `${16 * this.zoom}px` : "");
    if (next.left === this.edge.left && next.top === this.edge.top) return;
    this.edge = next;
    style(frame, "left", `${next.left}px`);
    style(frame, "top", `${next.top}px`);
    this.#transform(0);
  }

  #transform(grain: number): void {
    const snap = (v: number): number => (grain === 0 ? v : Math.round(v * grain) / grain);
    const x = snap(this.x) - this.edge.left;
    const y = snap(this.y) - this.edge.top;
    this.#world.style.transform = `translate(${x}px, ${y}px) scale(${this.zoom})`;
  }
}
