// The map as silhouettes on a canvas: what is really there, without its words. The far view and the minimap are both
// made of it. One path per colour, whatever the number of cards.
import { type BoardRecord, numberField, textField } from "../../board/record.ts";
import { curvePath, type Point } from "./curve.ts";
import { emotionHeight, emotionY } from "./emotion.ts";
import { laneWidth } from "./geometry.ts";
import { cardsIn, emotionValue } from "./journey.ts";
import { laneKind } from "./lane-kind.ts";
import { linesOf, stackOf } from "./metrics.ts";
import { stickyBox } from "./sticky.ts";
import type { MapView } from "./view.ts";

/** Board pixels to canvas pixels, and the part of the board that the canvas shows. */
export interface Projection {
  readonly k: number;
  readonly dx: number;
  readonly dy: number;
  readonly width: number;
  readonly height: number;
}

export type Ink = (token: string) => string;

let inks: { readonly theme: string; readonly known: Map<string, string> } | undefined;

const forced = matchMedia("(forced-colors: active)");

/** In forced colours there are two of them, and one more for what stands out. */
function systemInk(token: string): string {
  if (["moment", "brand", "focus"].includes(token)) return "Highlight";
  if (token === "on-moment") return "HighlightText";
  return /^(ink.*|on-head|danger|warn|line|head-line|.*-i)$/.test(token) ? "CanvasText" : "Canvas";
}

/** The tokens of the theme that is shown, each read once. */
export function themeInk(): Ink {
  if (forced.matches) return systemInk;
  const theme = document.documentElement.dataset.theme ?? "";
  if (inks?.theme !== theme) inks = { theme, known: new Map() };
  const { known } = inks;
  const root = getComputedStyle(document.documentElement);
  return (token) => {
    let value = known.get(token);
    if (value === undefined) {
      value = root.getPropertyValue(`--${token}`).trim();
      known.set(token, value);
    }
    return value;
  };
}

/** Rectangles by colour, painted at once. */
class Paths {
  readonly #paths = new Map<string, Path2D>();

  of(color: string): Path2D {
    let path = this.#paths.get(color);
    if (path === undefined) {
      path = new Path2D();
      this.#paths.set(color, path);
    }
    return path;
  }

  fill(paint: CanvasRenderingContext2D, alpha: number): void {
    paint.globalAlpha = alpha;
    for (const [color, path] of this.#paths) {
      paint.fillStyle = color;
      paint.fill(path);
    }
    paint.globalAlpha = 1;
  }
}

export function paintSilhouettes(paint: CanvasRenderingContext2D, view: MapView, to: Projection): void {
  const ink = themeInk();
  const { geometry } = view;
  const { k, dx, dy } = to;
  const px = Math.max(1, k);
  const map = { x: dx, y: dy, w: geometry.width * k, h: geometry.height * k };
  paint.fillStyle = ink("surface");
  paint.beginPath();
  paint.roundRect(map.x, map.y, map.w, map.h, Math.max(3, 16 * k));
  paint.fill();
  paint.strokeStyle = ink("line");
  paint.lineWidth = 1;
  paint.stroke();
  paint.save();
  paint.clip();
  paintLanes(paint, view, to, ink);
  paint.fillStyle = ink("head");
  paint.fillRect(map.x, map.y, map.w, geometry.row(0).h * k);
  paint.restore();
  paint.lineWidth = px;
  paintStickies(paint, view, to, ink);
}

function paintLanes(paint: CanvasRenderingContext2D, view: MapView, to: Projection, ink: Ink): void {
  const { journey, geometry } = view;
  const { k, dx, dy } = to;
  const left = Math.max(0, Math.floor((-dx / k - laneWidth) / geometry.step) - 1);
  const right = Math.min(
    journey.steps.length,
    Math.ceil(((to.width - dx) / k - laneWidth) / geometry.step) + 1,
  );
  const steps = journey.steps.slice(left, right);
  const bodies = new Paths();
  const bars = new Paths();
  const pills = new Paths();
  const gaps = new Path2D();
  let curve: (() => void) | undefined;
  for (const [i, lane] of journey.lanes.entries()) {
    const { y, h } = geometry.row(i + 1);
    const top = y * k + dy;
    if (top > to.height || top + h * k < 0) continue;
    const kind = laneKind(textField(lane, "type"));
    const plain = kind.tint === "l-plain";
    paint.fillStyle = ink(plain ? "surface" : `${kind.tint}-w`);
    paint.fillRect(dx, top, geometry.width * k, h * k);
    paint.fillStyle = ink(plain ? "surface" : kind.tint);
    paint.fillRect(dx, top, laneWidth * k, h * k);
    if (kind.look === "curve") {
      curve = () => paintCurve(paint, view, to, ink, y);
      continue;
    }
    const words = ink(plain ? "ink-3" : `${kind.tint}-i`);
    const shapes = { bodies, bars, pills, words, ink };
    for (const step of steps) {
      const x = laneWidth + step.index * geometry.step + 7;
      const cards = cardsIn(journey, lane.id, step.record.id);
      if (cards.length > 0) paintStack(cards, kind, { x, y: y + 7 }, geometry.step, to, shapes);
    }
    for (const marker of journey.markers) {
      const step = journey.stepAt.get(textField(marker, "step") as never);
      if (step === undefined || textField(marker, "lane") !== lane.id) continue;
      const x = laneWidth + step.index * geometry.step;
      if ((textField(marker, "type") || "gap") === "gap")
        gaps.roundRect((x + 7) * k + dx, (y + 7) * k + dy, (geometry.step - 13) * k, 48 * k, 6 * k);
      else
        pills
          .of(ink("warn"))
          .roundRect((x + geometry.step - 40) * k + dx, top - 10 * k, 80 * k, 20 * k, 10 * k);
    }
  }
  const lines = new Path2D();
  for (const phase of journey.phases) {
    const x = Math.round((laneWidth + phase.from * geometry.step) * k + dx) + 0.5;
    lines.moveTo(x, dy);
    lines.lineTo(x, dy + geometry.height * k);
  }
  paint.strokeStyle = ink("line");
  paint.lineWidth = 1;
  paint.stroke(lines);
  bodies.fill(paint, 1);
  bars.fill(paint, 0.5);
  pills.fill(paint, 0.4);
  paint.strokeStyle = ink("danger");
  paint.lineWidth = Math.max(1, 1.5 * k);
  paint.setLineDash([3, 2]);
  paint.stroke(gaps);
  paint.setLineDash([]);
  curve?.();
}

interface Shapes {
  readonly bodies: Paths;
  readonly bars: Paths;
  readonly pills: Paths;
  readonly words: string;
  readonly ink: Ink;
}

function paintStack(
  cards: readonly BoardRecord[],
  kind: ReturnType<typeof laneKind>,
  at: Point,
  width: number,
  to: Projection,
  shapes: Shapes,
): void {
  const { k, dx, dy } = to;
  const chip = kind.look === "chip" || kind.look === "dept";
  for (const slot of stackOf(cards, kind, width).slots) {
    const x = (at.x + slot.x) * k + dx;
    const y = (at.y + slot.y) * k + dy;
    const w = slot.w * k;
    const h = Math.max(1, slot.h * k);
    if (y > to.height || y + h < 0) continue;
    if (chip) {
      shapes.pills.of(shapes.words).roundRect(x, y + h * 0.2, w, h * 0.6, h * 0.3);
      continue;
    }
    const color = textField(slot.card, "color");
    const body = shapes.bodies.of(shapes.ink(color === "" ? "surface" : color));
    if (k < 0.12) body.rect(x, y, w, h);
    else body.roundRect(x, y, w, h, 8 * k);
    const bars = shapes.bars.of(shapes.words);
    const bar = Math.max(1, 5 * k);
    // Too small for lines: one bar stands for the words.
    const n = 18 * k < 2.5 ? 1 : slot.lines;
    const pitch = n === 1 ? h : 18 * k;
    for (let i = 0; i < n; i++) {
      const last = i === n - 1 && n > 1 ? 0.6 : 1;
      const top = n === 1 ? y + h / 2 : y + 15 * k + i * pitch;
      if (top < y + h) bars.rect(x + 8 * k, top - bar / 2, (w - 16 * k) * last, bar);
    }
  }
}

function paintCurve(
  paint: CanvasRenderingContext2D,
  view: MapView,
  to: Projection,
  ink: Ink,
  top: number,
): void {
  const { journey, geometry } = view;
  const { k, dx, dy } = to;
  paint.fillStyle = ink("surface");
  paint.fillRect(dx, top * k + dy, geometry.width * k, emotionHeight * k);
  const points: Point[] = [];
  for (const step of journey.steps) {
    const value = emotionValue(journey, step.record.id);
    if (value !== undefined)
      points.push({
        x: (laneWidth + (step.index + 0.5) * geometry.step) * k + dx,
        y: (top + emotionY(value)) * k + dy,
      });
  }
  paint.strokeStyle = ink("ink");
  paint.lineWidth = k < 0.1 ? 1.5 : 2.5;
  paint.lineCap = "round";
  paint.stroke(new Path2D(curvePath(points)));
}

function paintStickies(paint: CanvasRenderingContext2D, view: MapView, to: Projection, ink: Ink): void {
  const { k, dx, dy } = to;
  const bodies = new Paths();
  const bars = new Paths();
  for (const sticky of view.journey.stickies) {
    const box = stickyBox(sticky, view.geometry.box);
    const x = box.x * k + dx;
    const y = box.y * k + dy;
    const w = Math.max(2, box.w * k);
    const h = Math.max(2, box.h * k);
    if (x > to.width || y > to.height || x + w < 0 || y + h < 0) continue;
    const r = 4 * k;
    bodies.of(ink(textField(sticky, "color") || "sun")).roundRect(x, y, w, h, [r, r, 14 * k, r]);
    const text = textField(sticky, "text");
    if (text === "" || 21 * k < 2.5) continue;
    const room = numberField(sticky, "w", 1600) / 10 - 28;
    const lines = Math.min(linesOf(text, room * 0.875), Math.floor((box.h - 26) / 21));
    for (let i = 0; i < lines; i++) {
      const share = i === lines - 1 && lines > 1 ? 0.6 : 1;
      bars.of(ink("ink")).rect(x + 14 * k, y + (22 + i * 21) * k, room * k * share, Math.max(1, 5 * k));
    }
  }
  bodies.fill(paint, 1);
  bars.fill(paint, 0.4);
}
