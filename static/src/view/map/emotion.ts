// The emotion lane: one slider per step, the curve through them, words, and the diamonds of moments.
import { type BoardRecord, type ID, numberField, textField } from "../../board/record.ts";
import { arrange, attr, el, icon, style, svg, text } from "../dom.ts";
import { hundredths, w } from "../words/index.ts";
import { curvePath, type Point } from "./curve.ts";
import { face, level, levelColor } from "./face.ts";
import { laneWidth } from "./geometry.ts";
import { emotionOf, emotionValue, type Journey, type Step, stepOf } from "./journey.ts";
import { stepName } from "./name.ts";

export const emotionHeight = 192;
const middle = emotionHeight / 2;
const reach = 52;

/** The height at which a value stands in its lane. */
export function emotionY(value: number): number {
  return middle - (value / 300) * reach;
}

/** The value at a height, in steps of a quarter. */
export function emotionAt(y: number): number {
  const value = ((middle - y) / reach) * 300;
  return Math.max(-300, Math.min(300, Math.round(value / 25) * 25));
}

export function emotionWord(record: BoardRecord | undefined): string {
  if (record === undefined) return w().emotion.none;
  return textField(record, "word") || (w().emotion.levels[level(numberField(record, "value")) + 3] ?? "");
}

/** The reason as part of a sentence: people write it with or without its "because". */
export function reason(record: BoardRecord | undefined): string {
  const text = textField(record, "because").trim();
  if (text === "" || /^(weil|because|da|denn|as|since)\b/i.test(text)) return text;
  return `${w().emotion.because.replace(" …", "")} ${text}`;
}

interface PointNode {
  readonly cell: HTMLElement;
  readonly point: HTMLElement;
  readonly word: HTMLElement;
  readonly diamond: HTMLElement;
  readonly prompt: HTMLElement;
  readonly count: HTMLElement;
}

export interface EmotionNode {
  cells(): readonly HTMLElement[];
  cell(step: ID): HTMLElement | undefined;
  readonly curve: SVGSVGElement;
  readonly mid: HTMLElement;
  update(journey: Journey, lane: BoardRecord, row: number, width: number): void;
  /** Shows a value while it is dragged; undefined lets go. */
  hold(step: ID, value: number | undefined): void;
}

export function mountEmotion(nodes: Map<string, HTMLElement>): EmotionNode {
  const points = new Map<ID, PointNode>();
  const path = svg("path", { class: "mine" });
  const others = svg("g");
  const curve = svg("svg", { class: "cv", "aria-hidden": "true", height: emotionHeight }, others, path);
  const mid = el("div", "mid", { "aria-hidden": "true" });
  let held: { step: ID; value: number } | undefined;
  let last: { journey: Journey; lane: BoardRecord; row: number; width: number } | undefined;
  let order: readonly HTMLElement[] = [];

  const mount = (step: Step): PointNode => {
    const point = el("div", "pt", {
      role: "slider",
      tabindex: -1,
      "aria-orientation": "vertical",
      "aria-valuemin": -3,
      "aria-valuemax": 3,
      "data-emotion": step.record.id,
    });
    const node: PointNode = {
      cell: el("div", "cell", { role: "gridcell", tabindex: -1 }),
      point,
      word: el("div", "word", { "aria-hidden": "true" }, el("span")),
      diamond: el("span", "mt2", { "aria-hidden": "true" }),
      prompt: el("div", "prompt", { "aria-hidden": "true" }),
      count: el("button", "mtn", { tabindex: -1, type: "button" }),
    };
    return node;
  };

  const draw = (journey: Journey, lane: BoardRecord, row: number, width: number): void => {
    const line: Point[] = [];
    const moments = new Map<ID, BoardRecord[]>();
    for (const moment of journey.moments) {
      const step = stepOf(journey, moment);
      if (step === undefined) continue;
      const there = moments.get(step.record.id);
      if (there === undefined) moments.set(step.record.id, [moment]);
      else there.push(moment);
    }
    const ask = journey.steps.every((step) => emotionOf(journey, step.record.id) === undefined);
    const cells: HTMLElement[] = [];
    const gone = new Set(points.keys());
    for (const step of journey.steps) {
      const id = step.record.id;
      gone.delete(id);
      let node = points.get(id);
      if (node === undefined) {
        node = mount(step);
        points.set(id, node);
      }
      nodes.set(`emotion:${id}`, node.point);
      const record = emotionOf(journey, id);
      const stored = record === undefined ? undefined : numberField(record, "value");
      const value = held?.step === id ? held.value : stored;
      const here = moments.get(id) ?? [];
      drawPoint(node, step, record, value, here.length, ask && step.index === 0);
      node.point.classList.toggle("held", held?.step === id);
      attr(node.count, "data-moment", here[0]?.id);
      attr(node.diamond, "data-moment", here[0]?.id);
      attr(node.cell, "data-lane", lane.id);
      attr(node.cell, "data-step", id);
      attr(node.cell, "data-row", row);
      attr(node.cell, "data-col", step.index + 1);
      attr(node.cell, "aria-colindex", step.index + 2);
      attr(
        node.cell,
        "aria-label",
        w().map.emotionCell(stepName(step.record, step.index), emotionWord(record)),
      );
      node.cell.classList.toggle("f", step.first);
      if (value !== undefined) line.push({ x: (step.index + 0.5) * width, y: emotionY(value) });
      cells.push(node.cell);
    }
    for (const id of gone) {
      points.delete(id);
      nodes.delete(`emotion:${id}`);
    }
    order = cells;
    attr(curve, "width", journey.steps.length * width);
    attr(path, "d", curvePath(line));
    const dashed = journey.personas
      .filter((persona) => persona !== journey.persona)
      .map((persona) => {
        const there: Point[] = [];
        for (const step of journey.steps) {
          const value = emotionValue(journey, step.record.id, persona);
          if (value !== undefined) there.push({ x: (step.index + 0.5) * width, y: emotionY(value) });
        }
        return svg("path", { class: "other", d: curvePath(there) });
      });
    arrange(others, dashed);
  };

  return {
    cells: () => order,
    cell: (step) => points.get(step)?.cell,
    curve,
    mid,
    update(journey, lane, row, width) {
      last = { journey, lane, row, width };
      draw(journey, lane, row, width);
    },
    hold(step, value) {
      held = value === undefined ? undefined : { step, value };
      if (last !== undefined) draw(last.journey, last.lane, last.row, last.width);
    },
  };
}

function drawPoint(
  node: PointNode,
  step: Step,
  record: BoardRecord | undefined,
  value: number | undefined,
  moments: number,
  ask: boolean,
): void {
  const { cell, point, word, diamond, count, prompt } = node;
  const y = emotionY(value ?? 0);
  const shown = value === undefined ? "none" : String(level(value));
  if (point.dataset.face !== shown) {
    point.dataset.face = shown;
    point.classList.toggle("none", value === undefined);
    point.replaceChildren(value === undefined ? icon("plus", "m") : face(value));
    style(point, "--c", value === undefined ? "" : levelColor(value));
  }
  style(point, "top", `${y}px`);
  attr(point, "aria-valuenow", (value ?? 0) / 100);
  attr(point, "aria-label", w().emotion.of(stepName(step.record, step.index)));
  const because = reason(record);
  const said = value === undefined ? w().emotion.none : `${emotionWord(record)}, ${hundredths(value)}`;
  attr(point, "aria-valuetext", because === "" ? said : `${said}, ${because}`);
  const feeling = record === undefined ? "" : textField(record, "word");
  text(word.firstChild as Node, feeling);
  const lift = moments > 0 ? 9 : 0;
  style(
    word,
    "top",
    `${Math.max(1, Math.min(emotionHeight - 21, (value ?? 0) >= 0 ? y - 35 - lift : y + 18 + lift))}px`,
  );
  style(diamond, "top", `${y}px`);
  style(count, "top", `${Math.max(2, y - 27)}px`);
  attr(count, "data-t", moments);
  attr(count, "aria-label", w().moment.count(moments));
  const parts: Element[] = [];
  if (moments > 0) parts.push(diamond);
  parts.push(point);
  if (feeling !== "" && value !== undefined) parts.push(word);
  if (moments > 1) parts.push(count);
  if (ask) {
    attr(prompt, "data-t", w().map.emotionPrompt);
    parts.push(prompt);
  }
  arrange(cell, parts);
}

/** One sentence for those who do not see the curve. */
export function curveSummary(journey: Journey): string {
  let low: { step: Step; value: number } | undefined;
  let high: { step: Step; value: number } | undefined;
  for (const step of journey.steps) {
    const value = emotionValue(journey, step.record.id);
    if (value === undefined) continue;
    if (low === undefined || value < low.value) low = { step, value };
    if (high === undefined || value > high.value) high = { step, value };
  }
  if (low === undefined || high === undefined) return w().emotion.noCurve;
  return w().emotion.summary(
    stepName(low.step.record, low.step.index),
    stepName(high.step.record, high.step.index),
  );
}

/** Where a step's emotion stands on the board, for hover cards and cursors. */
export function emotionPoint(step: Step, width: number, value: number): Point {
  return { x: laneWidth + (step.index + 0.5) * width, y: emotionY(value) };
}
