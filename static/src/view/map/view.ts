// The board on screen: stage, world, grid, stickies, and what moves over them. Everything that draws the map is made
// here once and told of changes; nothing here keeps data of its own.
import { signal } from "@preact/signals-core";
import { type BoardRecord, type ID, textField } from "../../board/record.ts";
import type { Replica } from "../../collab/replica.ts";
import { attr, el } from "../dom.ts";
import { announce, sweepToasts, toast } from "../notices.ts";
import { minimap, roomForMinimap } from "../settings.ts";
import { lang, w } from "../words/index.ts";
import { type Box, Camera, inset } from "./camera.ts";
import { type EditOptions, Editor } from "./editor.ts";
import { FarView, farZoom } from "./far.ts";
import { Focus } from "./focus.ts";
import { Geometry } from "./geometry.ts";
import { Grid } from "./grid.ts";
import { type Journey, readJourney } from "./journey.ts";
import { measureAnew } from "./metrics.ts";
import { Mounting } from "./mounting.ts";
import { Rights } from "./rights.ts";
import { Selection } from "./selection.ts";
import { Stickies } from "./stickies.ts";
import { stickyBox } from "./sticky.ts";
import { holdsCards, Verbs } from "./verbs.ts";
import { writeIn } from "./wrap.ts";

/** What the minimap takes of the lower right corner, in screen pixels, beside and above the other islands. */
const minimapBox = { w: 198, h: 118 };

export type Dialog =
  | { readonly kind: "share" | "help" | "account" | "trash" }
  /** `typed`: what was typed before the palette was drawn. */
  | { readonly kind: "palette"; readonly typed?: string }
  | { readonly kind: "persona" | "kpi"; readonly id: ID }
  | { readonly kind: "emotion"; readonly step: ID };

export type Panel = "moments" | "outline" | "deleted" | "tray";
export type Tool = "select" | "hand" | "sticky";

export class MapView {
  readonly replica: Replica;
  readonly stage: HTMLElement;
  readonly world: HTMLElement;
  /** Over the world at constant size: cursors, toolbars, hover cards. */
  readonly over: HTMLElement;
  readonly camera: Camera;
  readonly geometry = new Geometry();
  readonly selection = new Selection();
  /** Every drawn record by id; `corner` and `emotion:<step>` beside them. */
  readonly nodes = new Map<string, HTMLElement>();
  readonly grid: Grid;
  readonly verbs: Verbs;
  readonly focus: Focus;
  readonly editor: Editor;
  readonly mounting: Mounting;
  readonly tool = signal<Tool>("select");
  readonly panel = signal<Panel | undefined>(undefined);
  readonly dialog = signal<Dialog | undefined>(undefined);
  /** The moment the panel shows in full. */
  readonly moment = signal<ID | undefined>(undefined);
  /** Counts drawings, so that panels which read it are drawn with the map. */
  readonly drawings = signal(0);
  journey: Journey;
  rights: Rights;
  personaID: ID | undefined;

  readonly #stickies: Stickies;
  readonly #drawn = new Set<(changed: ReadonlySet<ID>) => void>();
  readonly #stops: (() => void)[] = [];
  #fitted = false;
  #marked: ReadonlySet<ID> = new Set();
  /** The row at the upper edge of the stage. */
  #place: { readonly row: HTMLElement; readonly y: number } | undefined;

  constructor(host: HTMLElement, replica: Replica) {
    this.replica = replica;
    this.stage = el("div", "stage paper", { tabindex: -1 });
    this.world = el("div", "world");
    this.over = el("div", "over");
    const frame = el("div", "frame", {}, this.world);
    this.stage.append(frame);
    host.append(this.stage, this.over);
    this.camera = new Camera(this.stage, frame, this.world);
    this.grid = new Grid(this.camera, this.geometry, this.nodes);
    this.#stickies = new Stickies(this);
    this.world.append(this.grid.el, ...this.grid.around, this.#stickies.el);
    this.rights = new Rights(replica);
    this.journey = readJourney(replica.board, undefined);
    this.verbs = new Verbs(this);
    this.focus = new Focus(this);
    this.editor = new Editor(this);
    this.mounting = new Mounting(this);
    new FarView(this);
    document.fonts.ready.then(() => {
      measureAnew();
      if (this.stage.isConnected) this.update();
    });
    this.#stops.push(
      replica.onChange((changed) => this.update(changed)),
      replica.onStatus(() => this.update(new Set())),
      this.camera.onMove(() => {
        this.#holdPlace();
        this.#stickies.cut();
      }),
      this.geometry.onChange(() => {
        this.#keepPlace();
        this.#stickies.draw();
        if (!this.#fitted && this.geometry.height > 0 && this.journey.steps.length > 0) {
          this.#fitted = true;
          this.fit();
          this.#begin();
        }
      }),
      this.selection.onChange((ids) => this.#drawSelection(ids)),
      lang.subscribe(() => this.update()),
    );
    this.update(new Set());
  }

  /** On an empty map the first cell has the focus: what is typed becomes the first card. */
  #begin(): void {
    const cell = this.stage.querySelector<HTMLElement>(".cell.pulse");
    if (cell !== null && document.activeElement === document.body) cell.focus({ preventScroll: true });
  }

  /** Calls back after each drawing, with the ids that changed. */
  onDraw(fn: (changed: ReadonlySet<ID>) => void): () => void {
    this.#drawn.add(fn);
    return () => this.#drawn.delete(fn);
  }

  /** Reads the board anew and draws what differs. */
  update(changed: ReadonlySet<ID> = new Set()): void {
    this.journey = readJourney(this.replica.board, this.personaID);
    writeIn(textField(this.journey.map, "lang") || "de");
    this.rights = new Rights(this.replica);
    this.grid.update(this.journey, {
      edition: this.rights.edition,
      mayStructure: this.rights.structure,
      mayAdd: this.rights.add,
      mayEdit: (record) => this.rights.edit(record),
    });
    this.#stickies.draw();
    this.#drawSelection(this.selection.all);
    sweepToasts();
    for (const fn of this.#drawn) fn(changed);
    this.drawings.value++;
  }

  /** The point of the board under a point of the window. */
  boardAt(x: number, y: number): { x: number; y: number } {
    const stage = this.stage.getBoundingClientRect();
    return this.camera.toBoard(x - stage.left, y - stage.top);
  }

  #holdPlace(): void {
    this.#place = this.geometry.rowAt(-this.camera.y / this.camera.zoom);
  }

  /** What is looked at stays where it is when rows above it grow or shrink. */
  #keepPlace(): void {
    const top = this.#place && this.geometry.top(this.#place.row);
    if (this.#place !== undefined && top !== undefined)
      this.camera.shift((this.#place.y - top) * this.camera.zoom);
    this.#holdPlace();
  }

  /** Says something to those who listen. */
  say(text: string): void {
    announce(text);
  }

  /** Says why something here cannot be changed, to who tried. */
  sayWhyNot(): void {
    const { status } = this.replica;
    if (status.kind === "readonly") toast(w().save.why[status.why]);
    else if (status.kind !== "opening" && status.kind !== "closed") toast(w().refused.role);
  }

  openDialog(dialog: Dialog): void {
    this.editor.end();
    this.dialog.value = dialog;
  }

  openMoment(id: ID | undefined): void {
    if (id === undefined) return;
    this.moment.value = id;
    this.panel.value = "moments";
  }

  showPersona(id: ID): void {
    this.personaID = id;
    this.update();
  }

  /** Edits what a record is called or says. */
  editRecord(id: ID | undefined, options: EditOptions = {}): void {
    const record = this.record(id);
    if (record === undefined) return;
    if (record.kind === "persona") {
      this.openDialog({ kind: "persona", id: record.id });
      return;
    }
    const field = ["phase", "step", "lane"].includes(record.kind) ? "title" : "text";
    this.editor.edit(record.id, field, { next: (how) => this.#afterEdit(record.id, how), ...options });
  }

  /** A new card in a cell, open for writing. */
  startCard(lane: ID, step: ID, typed?: string, after?: ID | ""): void {
    if (!holdsCards(this.record(lane))) return;
    if (!this.rights.add) {
      this.sayWhyNot();
      return;
    }
    const id = this.verbs.addCard(lane, step, {}, after);
    if (id !== undefined) this.editRecord(id, { fresh: true, ...(typed === undefined ? {} : { typed }) });
  }

  #afterEdit(id: ID, how: "enter" | "tab" | "backtab" | "stay"): void {
    const record = this.record(id);
    if (record === undefined) {
      const spot = document.activeElement === document.body ? this.focus.at({ row: 2, col: 1 }) : undefined;
      spot?.focus();
      return;
    }
    if (record.kind === "card" && how !== "stay") {
      const lane = textField(record, "lane") as ID;
      const at = this.journey.stepAt.get(textField(record, "step") as ID);
      if (how === "enter" && at !== undefined) this.startCard(lane, at.record.id, undefined, id);
      else {
        const step = at && this.journey.steps[at.index + (how === "tab" ? 1 : -1)];
        if (step !== undefined) this.startCard(lane, step.record.id);
        else if (!this.focus.toRecord(id)) this.focus.enter();
      }
      return;
    }
    if (record.kind === "step" && (how === "tab" || how === "backtab")) {
      const at = this.journey.stepAt.get(id);
      const step = at && this.journey.steps[at.index + (how === "tab" ? 1 : -1)];
      if (step !== undefined) {
        this.editRecord(step.record.id, { selectAll: true });
        return;
      }
    }
    if (!this.focus.toRecord(id)) this.focus.enter();
  }

  /** Deletes and leaves the focus on what was beside it. */
  deleteAndRest(ids: readonly ID[]): void {
    const held = this.nodes.get(ids[0] ?? "");
    const near =
      held?.nextElementSibling?.matches("[data-id]") === true
        ? held.nextElementSibling
        : held?.previousElementSibling?.matches("[data-id]") === true
          ? held.previousElementSibling
          : held?.closest(".cell");
    if (!this.verbs.remove(ids)) return;
    this.selection.clear();
    if (near instanceof HTMLElement && near.isConnected) near.focus({ preventScroll: true });
  }

  /** What draws a record; a card outside the window is put in the page for it. */
  nodeOf(id: string): HTMLElement | undefined {
    const known = this.nodes.get(id);
    if (known !== undefined) return known;
    const card = this.record(id);
    if (card?.kind !== "card") return undefined;
    this.grid.mount(textField(card, "lane"), textField(card, "step"));
    return this.nodes.get(id);
  }

  /** The live record with an id. */
  record(id: string | undefined): BoardRecord | undefined {
    return id === undefined ? undefined : this.replica.board.live(id as ID);
  }

  /** Shows the map, with the stickies below it where they leave it large enough; a long one from its start at a size that can be read. */
  fit(all = false): void {
    const { w: width, h: height } = this.geometry.box;
    if (width === 0 || height === 0) return;
    if (all) {
      // Among silhouettes the title stands over the map.
      const box = this.extent;
      const zoom = Math.min(
        (this.camera.width - inset.left - inset.right) / box.w,
        (this.camera.height - inset.top - inset.bottom) / box.h,
      );
      const title = zoom < farZoom ? 64 / zoom : 0;
      const corner = minimap.value && roomForMinimap() ? minimapBox : undefined;
      this.camera.fit({ ...box, y: box.y - title, h: box.h + title }, 1, 0.05, corner);
      return;
    }
    const { camera } = this;
    const room = camera.height - inset.top - inset.bottom;
    const wide = Math.min(1, (camera.width - inset.left - inset.right) / (width + 40));
    const { y, h } = this.extent;
    const around = y < 0 ? 0 : Math.min(wide, room / h);
    const whole = Math.min(wide, room / height);
    const zoom = around >= 0.68 ? around : whole >= 0.72 ? whole : wide < 0.75 ? 0.85 : wide;
    this.camera.glide(inset.left, inset.top, zoom);
  }

  /** Everything there is: the map with the buttons at its edges, and the stickies round it. */
  get extent(): Box {
    const map = this.geometry.box;
    let x0 = 0;
    let y0 = 0;
    let x1 = map.w + 40;
    let y1 = map.h + 40;
    for (const sticky of this.journey.stickies) {
      const box = stickyBox(sticky, map);
      x0 = Math.min(x0, box.x - 8);
      y0 = Math.min(y0, box.y - 8);
      x1 = Math.max(x1, box.x + box.w + 8);
      y1 = Math.max(y1, box.y + box.h + 8);
    }
    return { x: x0, y: y0, w: x1 - x0, h: y1 - y0 };
  }

  /** Shows what is selected, as large as it can be read. */
  fitSelection(): void {
    const at = this.world.getBoundingClientRect();
    const scale = this.camera.zoom;
    let box: { left: number; top: number; right: number; bottom: number } | undefined;
    for (const id of this.selection.all) {
      const r = this.nodes.get(id)?.getBoundingClientRect();
      if (r === undefined) continue;
      box =
        box === undefined
          ? { left: r.left, top: r.top, right: r.right, bottom: r.bottom }
          : {
              left: Math.min(box.left, r.left),
              top: Math.min(box.top, r.top),
              right: Math.max(box.right, r.right),
              bottom: Math.max(box.bottom, r.bottom),
            };
    }
    if (box === undefined) return;
    this.camera.fit(
      {
        x: (box.left - at.left) / scale - 40,
        y: (box.top - at.top) / scale - 120,
        w: (box.right - box.left) / scale + 80,
        h: (box.bottom - box.top) / scale + 160,
      },
      1.5,
    );
  }

  /** A sticky in the middle of what is on screen: the keyboard's twin of placing one. */
  addStickyInView(): void {
    if (!this.rights.add) {
      this.sayWhyNot();
      return;
    }
    const { camera, geometry } = this;
    const middle = camera.toBoard(camera.width / 2, camera.height / 2);
    const below = geometry.at(middle.x, middle.y) !== undefined;
    const taken = this.journey.stickies.length % 8;
    const id = below
      ? this.verbs.addSticky(20 + taken * 176, geometry.height + 60)
      : this.verbs.addSticky(middle.x - 80, middle.y - 60);
    if (id === undefined) return;
    this.selection.set([id]);
    this.editRecord(id, { fresh: true });
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.stage.remove();
    this.over.remove();
  }

  #drawSelection(ids: ReadonlySet<ID>): void {
    for (const id of ids) {
      if (this.record(id) === undefined) {
        this.selection.set([...ids].filter((other) => this.record(other) !== undefined));
        return;
      }
    }
    for (const id of new Set([...this.#marked, ...ids])) {
      const node = this.nodes.get(id);
      const on = ids.has(id);
      if (node?.dataset.kind === "marker") attr(node, "data-selected", on);
      else if (node !== undefined) attr(node, "aria-selected", on ? "true" : "false");
    }
    this.#marked = ids;
  }
}
