// The whole map in small: its silhouettes, and the window over them. The silhouettes are painted once per change; a
// move of the camera only moves the window.
import type { Box } from "./camera.ts";
import { paintSilhouettes, themeInk } from "./silhouette.ts";
import { stickyBox } from "./sticky.ts";
import type { MapView } from "./view.ts";

/** Room round what there is, and between the window and the edge, in pixels of the canvas. */
const margin = 18;
const edge = 7;

export class MinimapPainter {
  readonly #canvas: HTMLCanvasElement;
  readonly #view: MapView;
  readonly #picture = document.createElement("canvas");
  #at = { k: 1, dx: 0, dy: 0 };

  constructor(canvas: HTMLCanvasElement, view: MapView) {
    this.#canvas = canvas;
    this.#view = view;
    this.#picture.width = canvas.width;
    this.#picture.height = canvas.height;
  }

  /** The point of the board under a point of the minimap. */
  point(x: number, y: number): { x: number; y: number } {
    const { k, dx, dy } = this.#at;
    const box = this.#canvas.getBoundingClientRect();
    const ratio = this.#canvas.width / box.width;
    return { x: ((x - box.left) * ratio - dx) / k, y: ((y - box.top) * ratio - dy) / k };
  }

  /** Paints the map anew. */
  paint(): void {
    const picture = this.#picture;
    const view = this.#view;
    const paint = picture.getContext("2d");
    if (paint === null) return;
    const all = view.extent;
    const { width, height } = picture;
    const k = Math.min((width - 2 * margin) / all.w, (height - 2 * margin) / all.h);
    this.#at = { k, dx: (width - all.w * k) / 2 - all.x * k, dy: (height - all.h * k) / 2 - all.y * k };
    paint.clearRect(0, 0, width, height);
    paintSilhouettes(paint, view, { ...this.#at, width, height });
    this.window();
  }

  /** Lays the window over it. */
  window(): void {
    const paint = this.#canvas.getContext("2d");
    if (paint === null) return;
    const canvas = this.#canvas;
    const view = this.#view;
    const { k, dx, dy } = this.#at;
    paint.clearRect(0, 0, canvas.width, canvas.height);
    paint.drawImage(this.#picture, 0, 0);
    const a = view.camera.toBoard(0, 0);
    const b = view.camera.toBoard(view.camera.width, view.camera.height);
    const left = Math.max(edge, a.x * k + dx);
    const top = Math.max(edge, a.y * k + dy);
    paint.strokeStyle = themeInk()("brand");
    paint.lineWidth = 4;
    paint.beginPath();
    const right = Math.min(canvas.width - edge, b.x * k + dx);
    const bottom = Math.min(canvas.height - edge, b.y * k + dy);
    paint.roundRect(left, top, Math.max(4, right - left), Math.max(4, bottom - top), 10);
    paint.stroke();
  }

  /** Whether the minimap lies over the map or a sticky. */
  covers(): boolean {
    const view = this.#view;
    const canvas = this.#canvas;
    const mini = canvas.getBoundingClientRect();
    const base = view.stage.getBoundingClientRect();
    const a = view.camera.toBoard(mini.left - base.left, mini.top - base.top);
    const b = view.camera.toBoard(mini.right - base.left, mini.bottom - base.top);
    const meets = (box: Box): boolean =>
      box.x < b.x && box.y < b.y && box.x + box.w > a.x && box.y + box.h > a.y;
    const { box } = view.geometry;
    return meets(box) || view.journey.stickies.some((sticky) => meets(stickyBox(sticky, box)));
  }
}
