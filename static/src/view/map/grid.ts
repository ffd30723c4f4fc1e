// The grid: phases over steps, lanes below, heads that stay at the edge while the map is on screen.
import { type BoardRecord, type ID, textField } from "../../board/record.ts";
import { arrange, attr, el, icon, style } from "../dom.ts";
import { lang, w } from "../words/index.ts";
import { type Box, type Camera, inset } from "./camera.ts";
import type { CellNode } from "./cell.ts";
import { curveSummary } from "./emotion.ts";
import { type Geometry, laneWidth, mountLimit } from "./geometry.ts";
import type { Journey } from "./journey.ts";
import { type LaneNode, mountLane } from "./lane.ts";
import { laneKind } from "./lane-kind.ts";
import { measuring } from "./metrics.ts";
import { type CornerNode, mountCorner } from "./persona.ts";
import { mountPhase, type PhaseNode } from "./phase.ts";
import { mountStep, type StepNode } from "./step.ts";

export interface GridRights {
  readonly edition: string;
  readonly mayStructure: boolean;
  readonly mayAdd: boolean;
  mayEdit(record: BoardRecord): boolean;
}

/** The most that a lane's name takes, in board pixels: three lines. */
const laneNameHeight = 72;

export class Grid {
  readonly el: HTMLElement;
  readonly nodes: Map<string, HTMLElement>;
  readonly lanes = new Map<ID, LaneNode>();
  /** There are so many cards that only those near the window are in the page. */
  windowed = false;
  /** Some cells do not hold their cards. */
  partial = false;
  readonly head: HTMLElement;
  readonly #corner: CornerNode;
  readonly #phaseRow: HTMLElement;
  readonly #stepRow: HTMLElement;
  readonly #body: HTMLElement;
  readonly #shade: HTMLElement;
  readonly #summary: HTMLElement;
  readonly #plusStep: HTMLElement;
  readonly #plusLane: HTMLElement;
  readonly #phases = new Map<ID, PhaseNode>();
  readonly #steps = new Map<ID, StepNode>();
  /** Where pinned heads lie over what is below them, in board pixels: the head row, the lane heads. */
  pinned: readonly Box[] = [];
  #journey: Journey | undefined;
  readonly #camera: Camera;
  readonly #geometry: Geometry;

  constructor(camera: Camera, geometry: Geometry, nodes: Map<string, HTMLElement>) {
    this.#camera = camera;
    this.#geometry = geometry;
    this.nodes = nodes;
    this.#corner = mountCorner();
    this.#phaseRow = el("div", "hrow phases", { role: "row", "aria-rowindex": 1 });
    this.#stepRow = el("div", "hrow steps", { role: "row", "aria-rowindex": 2 });
    this.head = el("div", "hd", { role: "rowgroup" }, this.#phaseRow, this.#stepRow);
    this.#body = el("div", "bdy", { role: "rowgroup" });
    this.#shade = el("div", "shade", { "aria-hidden": "true" });
    this.#summary = el("p", "vh", { id: "curve-summary" });
    this.#plusStep = el("button", "plus step", { type: "button", "data-add": "step" }, icon("plus", "m"));
    this.#plusLane = el("button", "plus lane-add", { type: "button", "data-add": "lane" });
    this.el = el("div", "map", {
      id: "map",
      role: "grid",
      "aria-describedby": "curve-summary",
      "aria-multiselectable": "true",
    });
    this.el.append(this.head, this.#body, this.#shade);
    camera.onMove(() => this.#pin());
    geometry.onChange(() => this.#pin());
  }

  /** What lies round the grid in the world: its buttons and what is read out with it. */
  get around(): readonly HTMLElement[] {
    return [this.#plusStep, this.#plusLane, this.#summary];
  }

  cell(lane: ID, step: ID): HTMLElement | undefined {
    return this.lanes.get(lane)?.cell(step);
  }

  /** Every cell that can hold cards, with its row among the lanes and the index of its step. */
  *eachCell(): IterableIterator<{ readonly cell: CellNode; readonly row: number; readonly index: number }> {
    for (const [row, lane] of (this.#journey?.lanes ?? []).entries()) {
      const cells = this.lanes.get(lane.id)?.cells;
      if (cells === undefined) continue;
      for (const step of this.#journey?.steps ?? []) {
        const cell = cells.get(step.record.id);
        if (cell !== undefined) yield { cell, row, index: step.index };
      }
    }
  }

  /** Puts the cards of a cell in the page, wherever the window is. */
  mount(lane: string, step: string): void {
    this.lanes
      .get(lane as ID)
      ?.cells.get(step as ID)
      ?.mount(true);
  }

  update(journey: Journey, rights: GridRights): void {
    const geometry = this.#geometry;
    this.#journey = journey;
    this.windowed = journey.board.ofKind("card").length - journey.tray.length > mountLimit;
    if (this.windowed) this.partial = true;
    const rows = [this.head, ...journey.lanes.map((lane) => this.#laneNode(lane).el)];
    geometry.use(journey, rows);
    this.el.classList.toggle("may-add", rights.mayAdd);
    style(this.el, "--n", String(journey.steps.length));
    style(this.el, "--step", `${geometry.step}px`);
    style(this.el, "--lane", `${laneWidth}px`);
    attr(this.el, "aria-label", w().map.grid(textField(journey.map, "title") || w().map.untitled));
    attr(this.el, "aria-rowcount", journey.lanes.length + 2);
    attr(this.el, "aria-colcount", journey.steps.length + 1);
    attr(this.el, "aria-readonly", !rights.mayStructure);
    this.#corner.update(journey);
    this.nodes.set("corner", this.#corner.el);
    this.#updatePhases(journey);
    this.#updateSteps(journey);
    this.#updateLanes(journey, rights);
    this.#summary.textContent = curveSummary(journey);
    this.#plusStep.hidden = !rights.mayStructure;
    this.#plusLane.hidden = !rights.mayStructure;
    attr(this.#plusStep, "aria-label", w().map.addStep);
    attr(this.#plusStep, "title", w().map.addStep);
    this.#plusLane.replaceChildren(icon("plus", "s"), w().map.addLane);
    this.#pin();
  }

  #laneNode(lane: BoardRecord): LaneNode {
    const known = this.lanes.get(lane.id);
    if (known !== undefined && known.el.dataset.type === textField(lane, "type")) return known;
    known?.close();
    const node = mountLane(lane, this.nodes);
    node.el.dataset.type = textField(lane, "type");
    this.lanes.set(lane.id, node);
    this.nodes.set(lane.id, node.head);
    return node;
  }

  #updatePhases(journey: Journey): void {
    const gone = new Set(this.#phases.keys());
    const order: HTMLElement[] = [this.#corner.el];
    for (const phase of journey.phases) {
      const id = phase.record.id;
      gone.delete(id);
      let node = this.#phases.get(id);
      if (node === undefined) {
        node = mountPhase(phase.record);
        this.#phases.set(id, node);
        this.nodes.set(id, node.el);
      }
      node.update(phase);
      order.push(node.el);
    }
    this.#drop(gone, this.#phases);
    arrange(this.#phaseRow, order);
  }

  #updateSteps(journey: Journey): void {
    const gone = new Set(this.#steps.keys());
    const order: HTMLElement[] = [];
    for (const step of journey.steps) {
      const id = step.record.id;
      gone.delete(id);
      let node = this.#steps.get(id);
      if (node === undefined) {
        node = mountStep(step.record);
        this.#steps.set(id, node);
        this.nodes.set(id, node.el);
      }
      node.update(step);
      style(node.el, "grid-column", String(step.index + 2));
      order.push(node.el);
    }
    this.#drop(gone, this.#steps);
    arrange(this.#stepRow, order);
  }

  #updateLanes(journey: Journey, rights: GridRights): void {
    const markers = new Map<string, BoardRecord[]>();
    const home = (marker: BoardRecord): string => {
      const lane = textField(marker, "lane");
      if (journey.lanes.some((l) => l.id === lane)) return lane;
      const type = textField(marker, "type");
      const wanted = type === "break" ? "channels" : "touchpoints";
      const found = journey.lanes.find((l) => textField(l, "type") === wanted) ?? journey.lanes[0];
      return found?.id ?? "";
    };
    for (const marker of journey.markers) {
      const key = `${home(marker)} ${textField(marker, "step")}`;
      const there = markers.get(key);
      if (there === undefined) markers.set(key, [marker]);
      else there.push(marker);
    }
    const fresh = journey.board.ofKind("card").length === 0 && rights.mayStructure;
    const start = journey.lanes.find(
      (lane) => !["curve", "line"].includes(laneKind(textField(lane, "type")).look),
    );
    const gone = new Set(this.lanes.keys());
    const order: HTMLElement[] = [];
    const none: readonly BoardRecord[] = [];
    const edition = `${measuring} ${rights.edition} ${lang.value} ${[...journey.momentsAt.keys()].join()} ${journey.steps.length}`;
    for (const [i, lane] of journey.lanes.entries()) {
      gone.delete(lane.id);
      const node = this.#laneNode(lane);
      node.update({
        journey,
        lane,
        row: i + 2,
        width: this.#geometry.step,
        edition,
        windowed: this.windowed,
        first: fresh && lane === start,
        mayEdit: rights.mayEdit,
        markersAt: (step) => markers.get(`${lane.id} ${step}`) ?? none,
      });
      order.push(node.el);
    }
    for (const id of gone) {
      this.lanes.get(id)?.close();
      this.lanes.delete(id);
      this.nodes.delete(id);
    }
    arrange(this.#body, order);
  }

  #drop(gone: ReadonlySet<ID>, from: Map<ID, unknown>): void {
    for (const id of gone) {
      from.delete(id);
      this.nodes.delete(id);
    }
  }

  /** How far each head has to move inside the map to stay on screen. */
  #pin(): void {
    const camera = this.#camera;
    const geometry = this.#geometry;
    const width = geometry.width;
    const height = geometry.height;
    const head = geometry.row(0).h;
    // A pixel further than they are cut off: at the cut they are whole, and nothing shines through their edge.
    const left = (inset.left - 1 - camera.x) / camera.zoom;
    const top = (inset.top - 1 - camera.y) / camera.zoom;
    // At its end the map takes them along.
    const px = left > 0 && left < width ? Math.min(left, width - laneWidth) : 0;
    const py = top > 0 && top < height ? Math.min(top, height - head) : 0;
    style(this.head, "transform", py > 0 ? `translateY(${py}px)` : "");
    style(this.#corner.el, "transform", px > 0 ? `translateX(${px}px)` : "");
    for (const [i, lane] of (this.#journey?.lanes ?? []).entries()) {
      const own = this.#laneNode(lane).head;
      style(own, "transform", px > 0 ? `translateX(${px}px)` : "");
      // Its name comes down in a lane that begins above the window.
      const { y, h } = geometry.row(i + 1);
      const slid = py > 0 ? Math.min(py + head - y, h - laneNameHeight) : 0;
      style(own, "--slid", slid > 0 ? `${slid}px` : "");
    }
    style(this.#shade, "transform", `translateX(${laneWidth + px}px)`);
    this.#shade.classList.toggle("on", px > 0);
    this.el.classList.toggle("pinned", px > 0 || py > 0);
    camera.cut(px > 0, py > 0);
    geometry.hidden = { x: px > 0 ? px + laneWidth : 0, y: py > 0 ? py + head : 0 };
    this.pinned = [
      ...(py > 0 ? [{ x: px, y: py, w: width - px, h: head }] : []),
      ...(px > 0 ? [{ x: px, y: py + head, w: laneWidth, h: height - py - head }] : []),
    ];
    style(this.#plusStep, "left", `${width + 7}px`);
    style(this.#plusLane, "top", `${height + 7}px`);
    style(this.#plusStep, "transform", py > 0 ? `translateY(${py}px)` : "");
    style(this.#plusLane, "transform", px > 0 ? `translateX(${px}px)` : "");
  }
}
