// A board in small: its phases, its lanes, which cells hold something, its curve and its moments. Nothing here is
// invented: what the list does not know yet is not drawn.
import { attr, svg } from "./dom.ts";
import { curvePath, type Point } from "./map/curve.ts";
import { levelColor } from "./map/face.ts";
import { laneKind } from "./map/lane-kind.ts";

/** Which cells hold cards, without what they say. Digits count per step, 9 stands for more. */
export interface Picture {
  readonly phases: readonly number[];
  readonly lanes: readonly { readonly type: string; readonly cells: string }[];
  readonly moments: string;
}

export interface Pictured {
  readonly steps: number;
  readonly curve: readonly { readonly value: number | null }[];
  readonly picture?: Picture;
}

type Attributes = Readonly<Record<string, string | number>>;

const wide = 300;
const head = 14;
const heights = { curve: 56, line: 3, chip: 10, dept: 10 } as const;

/** The heights of the bands: no lower than they can be seen, and the picture keeps its shape. */
function bandsOf(picture: Picture) {
  const bands = picture.lanes.map((lane) => {
    const kind = laneKind(lane.type);
    return { ...lane, kind, h: (heights as Readonly<Record<string, number>>)[kind.look] ?? 16 };
  });
  const sum = bands.reduce((all, band) => all + band.h, 0);
  const k = Math.max(0.6, Math.min(1.5, 164 / Math.max(1, sum)));
  return bands.map((band) => ({ ...band, h: band.h * k }));
}

/** Draws it, as wide as asked in pixels. */
export function drawThumb(board: Pictured, width: number): SVGSVGElement {
  const steps = Math.max(1, board.steps || board.curve.length);
  const step = wide / steps;
  const picture = board.picture ?? {
    phases: [],
    lanes: [{ type: "emotions", cells: "" }],
    moments: "",
  };
  const node = svg("svg", { class: "thumb", width, "aria-hidden": "true" });
  const path = (d: string, stroke: string, strokeWidth: number, more: Attributes = {}): void =>
    node.append(svg("path", { d, fill: "none", stroke, "stroke-width": strokeWidth, ...more }));
  let y = head;
  let curveTop = 0;
  let curveHeight = 0;
  for (const { kind, cells, h } of bandsOf(picture)) {
    const plain = kind.tint === "l-plain";
    const words = plain ? "var(--ink-3)" : `var(--${kind.tint}-i)`;
    const fill = plain ? "var(--surface)" : `var(--${kind.tint})`;
    node.append(svg("rect", { y, width: wide, height: h + 0.3, fill }));
    if (kind.look === "curve") {
      curveTop = y;
      curveHeight = h;
    }
    const chip = kind.look === "chip" || kind.look === "dept";
    let bodies = "";
    let bars = "";
    for (let s = 0; s < steps; s++) {
      if ((cells[s] ?? "0") === "0") continue;
      const x = s * step + step * 0.09;
      const w = step * 0.82;
      if (chip) bars += `M${x + h / 5} ${y + h / 2}h${w * 0.7}`;
      else {
        bodies += `M${x} ${y + h * 0.15}h${w}v${h * 0.7}h${-w}z`;
        bars += `M${x + w * 0.1} ${y + h * 0.38}h${w * 0.8}M${x + w * 0.1} ${y + h * 0.62}h${w * 0.55}`;
      }
    }
    if (bodies !== "") node.append(svg("path", { d: bodies, fill: "var(--surface)" }));
    if (bars !== "")
      path(bars, words, chip ? h * 0.42 : 1.4, { "stroke-linecap": chip ? "round" : "butt", opacity: 0.45 });
    y += h;
  }
  attr(node, "viewBox", `0 0 ${wide} ${y}`);
  let from = 0;
  const phases = picture.phases.map((n) => {
    const x = from * step;
    from += n;
    return { x, w: n * step };
  });
  for (const { x } of phases.slice(1)) path(`M${x} ${head}V${y}`, "var(--line)", 0.7);
  node.append(svg("rect", { width: wide, height: head, fill: "var(--head)" }));
  for (const { x, w } of phases) {
    const bar = { x: x + 4, y: 5, width: Math.max(2, Math.min(w * 0.62, 44)), height: 4, rx: 1 };
    node.append(svg("rect", { ...bar, fill: "var(--on-head)", opacity: 0.75 }));
  }
  if (curveHeight === 0) return node;
  const points: (Point & { readonly value: number; readonly moment: boolean })[] = [];
  for (const [i, { value }] of board.curve.entries()) {
    if (value === null || value === undefined) continue;
    const moment = (picture.moments[i] ?? "0") !== "0";
    const at = curveTop + curveHeight / 2 - (value / 300) * (curveHeight * 0.36);
    points.push({ x: (i + 0.5) * step, y: at, value, moment });
  }
  path(curvePath(points), "var(--ink)", 2.4, { "stroke-linecap": "round" });
  for (const mark of points) {
    if (!mark.moment) continue;
    const box = { x: mark.x - 2.6, y: mark.y - 2.6, width: 5.2, height: 5.2, rx: 0.8 };
    const turn = `rotate(45 ${mark.x} ${mark.y})`;
    const look = { fill: levelColor(mark.value), stroke: "var(--surface)", "stroke-width": 1.2 };
    node.append(svg("rect", { ...box, ...look, transform: turn }));
  }
  return node;
}
