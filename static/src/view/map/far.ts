// The far view: when words would be smaller than six pixels, the map is drawn as silhouettes. Its title, the phases,
// the lanes and the counts of moments keep the size they have to be read at.
import { type ID, textField } from "../../board/record.ts";
import { el } from "../dom.ts";
import { shade } from "../settings.ts";
import { w } from "../words/index.ts";
import { emotionY } from "./emotion.ts";
import { cellOf } from "./focus.ts";
import { laneWidth } from "./geometry.ts";
import { emotionValue, stepOf } from "./journey.ts";
import { laneKind } from "./lane-kind.ts";
import { laneName } from "./name.ts";
import { phaseName } from "./phase.ts";
import { type Projection, paintSilhouettes, themeInk } from "./silhouette.ts";
import type { MapView } from "./view.ts";

/** Card text has 14 px; below this zoom it is smaller than 6 px on screen. */
export const farZoom = 6 / 14;

const textFace = '"Atkinson Hyperlegible Next", system-ui, sans-serif';
const displayFace = '"Bricolage Grotesque", "Atkinson Hyperlegible Next", sans-serif';

export class FarView {
  readonly #view: MapView;
  readonly #canvas: HTMLCanvasElement;
  #on = false;
  #frame = 0;

  constructor(view: MapView) {
    this.#view = view;
    this.#canvas = el("canvas", "farmap", { "aria-hidden": "true" });
    view.stage.append(this.#canvas);
    view.camera.onMove(() => this.#move());
    const later = (): void => this.#later();
    view.onDraw(later);
    view.geometry.onChange(later);
    view.selection.onChange(later);
    view.stage.addEventListener("focusin", later);
    shade.subscribe(later);
  }

  #move(): void {
    const on = this.#view.camera.zoom < farZoom;
    if (on !== this.#on) {
      this.#on = on;
      this.#view.stage.classList.toggle("far", on);
    }
    if (on) this.#paint();
  }

  #later(): void {
    if (!this.#on || this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => this.#paint());
  }

  #paint(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const canvas = this.#canvas;
    const view = this.#view;
    const { camera } = view;
    const ratio = devicePixelRatio;
    const width = Math.round(camera.width * ratio);
    const height = Math.round(camera.height * ratio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const paint = canvas.getContext("2d");
    if (paint === null) return;
    paint.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint.clearRect(0, 0, camera.width, camera.height);
    const to: Projection = {
      k: camera.zoom,
      dx: camera.x,
      dy: camera.y,
      width: camera.width,
      height: camera.height,
    };
    paintSilhouettes(paint, view, to);
    paintHeads(paint, view, to);
    paintMoments(paint, view, to);
    paintMarks(paint, view, to);
  }
}

/** A text cut to a width. */
function cut(paint: CanvasRenderingContext2D, text: string, width: number): string {
  if (paint.measureText(text).width <= width) return text;
  let end = text.length;
  while (end > 0 && paint.measureText(`${text.slice(0, end)}…`).width > width) end--;
  return end < 2 ? "" : `${text.slice(0, end).trimEnd()}…`;
}

/** A text in at most two lines of a width. */
function folded(paint: CanvasRenderingContext2D, text: string, width: number): readonly string[] {
  if (paint.measureText(text).width <= width) return [text];
  const words = text.split(" ");
  let n = words.length - 1;
  while (n > 0 && paint.measureText(words.slice(0, n).join(" ")).width > width) n--;
  if (n === 0) return [cut(paint, text, width)];
  return [words.slice(0, n).join(" "), cut(paint, words.slice(n).join(" "), width)];
}

function paintHeads(paint: CanvasRenderingContext2D, view: MapView, to: Projection): void {
  const ink = themeInk();
  const { journey, geometry } = view;
  const { k, dx, dy } = to;
  const bottom = dy + geometry.row(0).h * k;
  paint.font = `600 13px ${displayFace}`;
  const names = journey.phases.map((phase, i) =>
    folded(paint, phaseName(phase.record, i), phase.steps.length * geometry.step * k - 10),
  );
  const bar = Math.max(names.some((lines) => lines.length > 1) ? 40 : 26, geometry.row(0).h * k);
  paint.fillStyle = ink("head");
  paint.beginPath();
  paint.roundRect(dx, bottom - bar, geometry.width * k, bar, [6, 6, 0, 0]);
  paint.fill();
  paint.textBaseline = "middle";
  for (const [i, phase] of journey.phases.entries()) {
    const x = (laneWidth + phase.from * geometry.step) * k + dx;
    const lines = names[i] ?? [];
    paint.fillStyle = ink("on-head");
    for (const [n, line] of lines.entries())
      paint.fillText(line, x + 6, bottom - bar / 2 + (n - (lines.length - 1) / 2) * 15);
    paint.fillStyle = ink("head-line");
    paint.fillRect(x, bottom - bar, 1, bar);
  }
  paint.font = `600 16px ${displayFace}`;
  paint.fillStyle = ink("ink");
  const title = textField(journey.map, "title") || w().map.untitled;
  paint.fillText(cut(paint, title, Math.max(160, geometry.width * k)), dx, bottom - bar - 16);
  paint.font = `600 12px ${textFace}`;
  // Beside the map where there is room, else over its first steps.
  const beside = dx > 130;
  for (const [i, lane] of journey.lanes.entries()) {
    const { y, h } = geometry.row(i + 1);
    if (h * k < 16) continue;
    const kind = laneKind(textField(lane, "type"));
    const plain = kind.tint === "l-plain";
    const name = cut(paint, laneName(lane), 112);
    const width = paint.measureText(name).width;
    const at = Math.min((y + h / 2) * k + dy, y * k + dy + 11);
    if (!beside) {
      paint.fillStyle = ink(plain ? "surface" : kind.tint);
      paint.fillRect(Math.max(dx, 0), y * k + dy + 1, width + 12, Math.min(20, h * k - 1));
    }
    paint.fillStyle = ink(plain ? "ink-2" : `${kind.tint}-i`);
    paint.fillText(name, beside ? dx - width - 8 : Math.max(dx, 0) + 6, at);
  }
}

function paintMoments(paint: CanvasRenderingContext2D, view: MapView, to: Projection): void {
  const ink = themeInk();
  const { journey, geometry } = view;
  const counts = new Map<ID, number>();
  for (const moment of journey.moments) {
    const step = stepOf(journey, moment)?.record.id;
    if (step !== undefined) counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  const lane = journey.lanes.findIndex((one) => laneKind(textField(one, "type")).look === "curve");
  const { y, h } = geometry.row(lane + 1);
  paint.font = `700 13px ${textFace}`;
  for (const [id, n] of counts) {
    const step = journey.stepAt.get(id);
    if (step === undefined) continue;
    const value = emotionValue(journey, id);
    const middle = y + (lane < 0 ? h : emotionY(value ?? 0));
    const width = 28 + paint.measureText(String(n)).width;
    const cx = (laneWidth + (step.index + 0.5) * geometry.step) * to.k + to.dx;
    const cy = middle * to.k + to.dy;
    paint.fillStyle = ink("moment");
    paint.strokeStyle = ink("surface");
    paint.lineWidth = 2;
    paint.beginPath();
    paint.roundRect(cx - width / 2, cy - 10, width, 20, 10);
    paint.stroke();
    paint.fill();
    paint.fillStyle = ink("on-moment");
    const dx = cx - width / 2 + 11;
    paint.beginPath();
    paint.moveTo(dx, cy - 5);
    paint.lineTo(dx + 5, cy);
    paint.lineTo(dx, cy + 5);
    paint.lineTo(dx - 5, cy);
    paint.fill();
    paint.fillText(String(n), dx + 8, cy + 1);
  }
}

/** What is selected, and where the focus is. */
function paintMarks(paint: CanvasRenderingContext2D, view: MapView, to: Projection): void {
  const ink = themeInk();
  const base = view.stage.getBoundingClientRect();
  const mark = (node: Element | null | undefined, color: string, spread: number): void => {
    const box = node?.getBoundingClientRect();
    if (box === undefined) return;
    paint.strokeStyle = ink(color);
    paint.lineWidth = 2;
    paint.beginPath();
    const at = { x: box.x - base.x - spread, y: box.y - base.y - spread };
    paint.roundRect(at.x, at.y, box.width + 2 * spread, box.height + 2 * spread, 4 * to.k + 2);
    paint.stroke();
  };
  for (const id of view.selection.all) mark(view.nodes.get(id), "brand", 1);
  const { activeElement } = document;
  if (activeElement instanceof HTMLElement && activeElement.matches(":focus-visible")) {
    const holds = cellOf(activeElement) ?? activeElement.closest(".sticky");
    if (holds !== null && !view.stage.classList.contains("by-pointer")) mark(holds, "focus", 1);
  }
}
