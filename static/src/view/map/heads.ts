// What goes under the pinned heads: stickies and what others have selected are cut off where heads lie over them.
import { style } from "../dom.ts";
import type { Box } from "./camera.ts";

/** Everything but these boxes, as a path to clip by; it reaches far over every board. */
function around(boxes: readonly Box[]): string {
  const far = 1e6;
  const holes = boxes.map((box) => {
    const [x, y, w, h] = [box.x, box.y, box.w, box.h].map((v) => Math.round(v * 10) / 10);
    return `M${x} ${y}h${w}v${h}h-${w}z`;
  });
  return holes.length === 0
    ? ""
    : `path(evenodd, "M-${far} -${far}H${far}V${far}H-${far}z${holes.join("")}")`;
}

/** Cuts a layer off below the heads, given in its own pixels. */
export function under(layer: HTMLElement, heads: readonly Box[]): void {
  style(layer, "clip-path", around(heads));
}
