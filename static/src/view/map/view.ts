// The board on screen: stage, world, grid, stickies, and what moves over them. Everything that draws the map is made
// here once and told of changes; nothing here keeps data of its own.
import type { BoardRecord, ID } from "../../board/record.ts";
import type { Replica } from "../../collab/replica.ts";
import { arrange, attr, el } from "../dom.ts";
import { w } from "../words/index.ts";
import { Camera, inset } from "./camera.ts";
import { Geometry } from "./geometry.ts";
import { Grid } from "./grid.ts";
import { type Journey, readJourney } from "./journey.ts";
import { Rights } from "./rights.ts";
import { Selection } from "./selection.ts";
import { mountSticky, type StickyNode } from "./sticky.ts";

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
  journey: Journey;
  rights: Rights;
  personaID: ID | undefined;

  private readonly stickyList: HTMLElement;
  private readonly stickies = new Map<ID, StickyNode>();
  private readonly drawn = new Set<(changed: ReadonlySet<ID>) => void>();
  private readonly stops: (() => void)[] = [];
  private fitted = false;

  constructor(host: HTMLElement, replica: Replica) {
    this.replica = replica;
    this.stage = el("div", "stage paper");
    this.world = el("div", "world");
    this.over = el("div", "over");
    this.stage.append(this.world);
    host.append(this.stage, this.over);
    this.camera = new Camera(this.stage, this.world);
    this.grid = new Grid(this.camera, this.geometry, this.nodes);
    this.stickyList = el("div", "stickies", { role: "listbox", "aria-multiselectable": "true" });
    this.world.append(this.grid.el, ...this.grid.around, this.stickyList);
    this.rights = new Rights(replica);
    this.journey = readJourney(replica.board, undefined);
    this.stops.push(
      replica.onChange((changed) => this.update(changed)),
      replica.onStatus(() => this.update(new Set())),
      this.geometry.onChange(() => {
        this.drawStickies();
        if (!this.fitted && this.geometry.height > 0 && this.journey.steps.length > 0) {
          this.fitted = true;
          this.fit();
        }
      }),
      this.selection.onChange((ids) => this.drawSelection(ids)),
    );
    this.update(new Set());
  }

  /** Calls back after each drawing, with the ids that changed. */
  onDraw(fn: (changed: ReadonlySet<ID>) => void): () => void {
    this.drawn.add(fn);
    return () => this.drawn.delete(fn);
  }

  /** Reads the board anew and draws what differs. */
  update(changed: ReadonlySet<ID> = new Set()): void {
    this.journey = readJourney(this.replica.board, this.personaID);
    this.rights = new Rights(this.replica);
    this.grid.update(this.journey, {
      edition: this.rights.edition,
      mayStructure: this.rights.structure,
      mayEdit: (record) => this.rights.edit(record),
    });
    this.drawStickies();
    this.drawSelection(this.selection.all);
    for (const fn of this.drawn) fn(changed);
  }

  /** The live record with an id. */
  record(id: string | undefined): BoardRecord | undefined {
    return id === undefined ? undefined : this.replica.board.live(id as ID);
  }

  /** Shows the map; a long one from its start at a size that can be read. */
  fit(whole = false): void {
    const { w: width, h: height } = this.geometry.box;
    if (width === 0 || height === 0) return;
    const box = { x: 0, y: 0, w: width + 40, h: height };
    if (whole) {
      this.camera.fit(box);
      return;
    }
    const room = this.camera.width - inset.left - inset.right;
    const zoom = Math.max(0.8, Math.min(1, room / box.w));
    this.camera.glide(inset.left, inset.top, zoom);
  }

  close(): void {
    for (const stop of this.stops) stop();
    this.stage.remove();
    this.over.remove();
  }

  private drawStickies(): void {
    const gone = new Set(this.stickies.keys());
    const order: HTMLElement[] = [];
    for (const record of this.journey.stickies) {
      gone.delete(record.id);
      let node = this.stickies.get(record.id);
      if (node === undefined) {
        node = mountSticky(record);
        this.stickies.set(record.id, node);
        this.nodes.set(record.id, node.el);
      }
      node.update(record, this.geometry.box);
      order.push(node.el);
    }
    for (const id of gone) {
      this.stickies.delete(id);
      this.nodes.delete(id);
    }
    arrange(this.stickyList, order);
    this.stickyList.hidden = order.length === 0;
    attr(this.stickyList, "aria-label", w().map.stickies);
  }

  private drawSelection(ids: ReadonlySet<ID>): void {
    for (const id of ids) {
      if (this.record(id) === undefined) {
        this.selection.set([...ids].filter((other) => this.record(other) !== undefined));
        return;
      }
    }
    for (const [id, node] of this.nodes) {
      const kind = node.dataset.kind;
      if (kind !== "card" && kind !== "sticky" && kind !== "marker") continue;
      const on = ids.has(id as ID);
      if (kind === "marker") attr(node, "data-selected", on);
      else attr(node, "aria-selected", on ? "true" : "false");
    }
  }
}
