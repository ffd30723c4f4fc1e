// The whole map in small: silhouettes by lane, the curve, the window.
import { numberField, textField } from "../../board/record.ts";
import type { Box } from "./camera.ts";
import { emotionY } from "./emotion.ts";
import { laneWidth } from "./geometry.ts";
import { cardsIn, emotionValue } from "./journey.ts";
import { laneKind } from "./lane-kind.ts";
import { stickyBox } from "./sticky.ts";
import type { MapView } from "./view.ts";

/** Everything there is, with a margin. */
function extent(view: MapView): Box {
  const map = view.geometry.box;
  let x0 = map.x;
  let y0 = map.y;
  let x1 = map.w;
  let y1 = map.h;
  for (const sticky of view.journey.stickies) {
    const box = stickyBox(sticky, map);
    x0 = Math.min(x0, box.x);
    y0 = Math.min(y0, box.y);
    x1 = Math.max(x1, box.x + box.w);
    y1 = Math.max(y1, box.y + box.h);
  }
  const margin = 60;
  return { x: x0 - margin, y: y0 - margin, w: x1 - x0 + 2 * margin, h: y1 - y0 + 2 * margin };
}

function scale(canvas: HTMLCanvasElement, all: Box): { k: number; dx: number; dy: number } {
  const k = Math.min(canvas.width / all.w, canvas.height / all.h);
  return {
    k,
    dx: (canvas.width - all.w * k) / 2 - all.x * k,
    dy: (canvas.height - all.h * k) / 2 - all.y * k,
  };
}

/** The point of the board under a point of the minimap. */
export function minimapPoint(
  canvas: HTMLCanvasElement,
  view: MapView,
  x: number,
  y: number,
): { x: number; y: number } {
  const { k, dx, dy } = scale(canvas, extent(view));
  const box = canvas.getBoundingClientRect();
  const ratio = canvas.width / box.width;
  return { x: ((x - box.left) * ratio - dx) / k, y: ((y - box.top) * ratio - dy) / k };
}

export function drawMinimap(canvas: HTMLCanvasElement, view: MapView): void {
  const paint = canvas.getContext("2d");
  if (paint === null) return;
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const { journey, geometry, camera } = view;
  const { k, dx, dy } = scale(canvas, extent(view));
  const rect = (x: number, y: number, w: number, h: number, color: string): void => {
    paint.fillStyle = color;
    paint.fillRect(x * k + dx, y * k + dy, Math.max(1, w * k), Math.max(1, h * k));
  };
  paint.clearRect(0, 0, canvas.width, canvas.height);
  rect(0, 0, geometry.width, geometry.height, token("surface"));
  for (const [i, lane] of journey.lanes.entries()) {
    const { y, h } = geometry.row(i + 1);
    const kind = laneKind(textField(lane, "type"));
    const tint = kind.tint === "l-plain" ? "surface" : kind.tint;
    const ink = kind.tint === "l-plain" ? "ink-3" : `${kind.tint}-i`;
    rect(0, y, geometry.width, h, token(tint));
    paint.globalAlpha = 0.4;
    for (const step of journey.steps) {
      const cards = cardsIn(journey, lane.id, step.record.id).length;
      const x = laneWidth + step.index * geometry.step + 12;
      for (let n = 0; n < cards; n++) rect(x, y + 14 + n * 46, geometry.step - 24, 26, token(ink));
    }
    paint.globalAlpha = 1;
    if (kind.look === "curve") {
      paint.beginPath();
      for (const step of journey.steps) {
        const value = emotionValue(journey, step.record.id);
        if (value === undefined) continue;
        const x = (laneWidth + (step.index + 0.5) * geometry.step) * k + dx;
        paint.lineTo(x, (y + emotionY(value)) * k + dy);
      }
      paint.strokeStyle = token("ink");
      paint.lineWidth = 3;
      paint.lineJoin = "round";
      paint.stroke();
    }
  }
  rect(0, 0, geometry.width, geometry.row(0).h, token("head"));
  for (const sticky of journey.stickies) {
    const box = stickyBox(sticky, geometry.box);
    rect(
      box.x,
      box.y,
      numberField(sticky, "w", 1600) / 10,
      box.h,
      token(textField(sticky, "color") || "sun"),
    );
  }
  const a = camera.toBoard(0, 0);
  const b = camera.toBoard(camera.width, camera.height);
  paint.strokeStyle = token("brand");
  paint.lineWidth = 4;
  paint.strokeRect(
    Math.max(2, a.x * k + dx),
    Math.max(2, a.y * k + dy),
    Math.min(canvas.width - 4, b.x * k + dx) - Math.max(2, a.x * k + dx),
    Math.min(canvas.height - 4, b.y * k + dy) - Math.max(2, a.y * k + dy),
  );
}
