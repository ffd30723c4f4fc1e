// One textarea, laid exactly over the text it edits. Each letter goes through the replica; what others type in the same
// text arrives in it and leaves the caret where it was.
import { type BoardRecord, type ID, textField } from "../../board/record.ts";
import type { TextHandle } from "../../collab/replica.ts";
import { attr, el, style } from "../dom.ts";
import { toast } from "../notices.ts";
import { showTyping, Typing, undoTyping } from "../typing.ts";
import { w } from "../words/index.ts";
import { under } from "./heads.ts";
import { deafen, sayLost } from "./lost.ts";
import { nameOf } from "./name.ts";
import type { MapView } from "./view.ts";
import { endless } from "./wrap.ts";

export interface EditOptions {
  /** Typed before the editor was there. */
  readonly typed?: string;
  readonly selectAll?: boolean;
  /** The record was made for this edit: it goes again if nothing is written. */
  readonly fresh?: boolean;
  /** What happens when the edit ends by a key. */
  readonly next?: (how: "enter" | "tab" | "backtab" | "stay") => void;
}

const lineFields = new Set(["title", "name"]);

export class Editor {
  readonly #view: MapView;
  #open:
    | {
        id: ID;
        field: string;
        area: HTMLTextAreaElement;
        cell: HTMLElement | null;
        size: string;
        close: () => void;
      }
    | undefined;

  constructor(view: MapView) {
    this.#view = view;
    view.camera.onMove(() => this.#place());
    view.geometry.onChange(() => this.#place());
    view.onDraw(() => this.#afterDraw());
  }

  get editing(): ID | undefined {
    return this.#open?.id;
  }

  /** Opens the editor over a record's text. False when it may not be edited or is not on screen. */
  edit(id: ID, field: string, options: EditOptions = {}): boolean {
    const view = this.#view;
    const record = view.record(id);
    const node = view.nodeOf(id);
    if (record === undefined || node === undefined) return false;
    if (!this.#may(record)) {
      view.sayWhyNot();
      return false;
    }
    this.end();
    const line = lineFields.has(field);
    const handle = view.replica.editText(id, field);
    const area = el("textarea", "editor", {
      rows: 1,
      spellcheck: "true",
      "aria-label": `${w().menu.edit}: ${nameOf(record)}`,
      enterkeyhint: line ? "done" : "next",
    });
    node.classList.add("editing");
    const cell = node.closest(".cell");
    if (cell !== null) attr(cell, "tabindex", -1); // it lies under the textarea for a while
    this.#session(id, field, node, area, handle, options, line);
    view.focus.reveal(node, 0.6);
    this.#place();
    area.focus({ preventScroll: true });
    if (options.typed !== undefined) {
      area.setRangeText(options.typed, area.value.length, area.value.length, "end");
      area.dispatchEvent(new Event("input"));
    } else if (options.selectAll === true) area.select();
    else area.setSelectionRange(area.value.length, area.value.length);
    return true;
  }

  #may(record: BoardRecord): boolean {
    const { rights } = this.#view;
    return rights.edit(record) || (rights.structure && record.kind !== "card");
  }

  #session(
    id: ID,
    field: string,
    node: HTMLElement,
    area: HTMLTextAreaElement,
    handle: TextHandle,
    options: EditOptions,
    line: boolean,
  ): void {
    const view = this.#view;
    const within = { id, field };
    const shown = showTyping(view.replica, within);
    const typing = new Typing(area, handle, {
      line,
      typed: () => {
        shown.typed();
        view.update(new Set([id]));
        this.#place();
        if (node.isConnected && 2 * node.getBoundingClientRect().height < view.stage.clientHeight)
          view.focus.reveal(node);
      },
      heard: () => this.#place(),
    });
    area.addEventListener("beforeinput", (event) => {
      if (!undoTyping(event, view.replica, within) && endless(event.data ?? ""))
        style(area, "word-break", "break-all");
    });
    area.addEventListener("keydown", (event) => {
      if (event.isComposing || typing.composing) return;
      const how = endKey(event, line);
      event.stopPropagation();
      if (undoTyping(event, view.replica, within) || how === undefined) return;
      event.preventDefault();
      this.end();
      options.next?.(how);
    });
    area.addEventListener("blur", () => this.end());
    const resized = new ResizeObserver(() => this.#place());
    resized.observe(node);
    this.#open = {
      id,
      field,
      area,
      cell: node.closest<HTMLElement>(".cell"),
      size: "",
      close: () => {
        resized.disconnect();
        typing.close();
        node.classList.remove("editing");
        view.focus.keepStop();
        shown.close();
        area.remove();
        const record = view.record(id);
        const empty = record !== undefined && textField(record, field) === "";
        if (options.fresh === true && empty && record.kind !== "sticky") {
          view.replica.propose([{ type: "delete", id }], "");
          view.update();
        }
      },
    };
    view.world.append(area);
  }

  /** Ends the edit; what was written stays. */
  end(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    open.close();
  }

  /** Somebody deleted what is being written in: says so. */
  #lost(id: ID, cell: HTMLElement | null): void {
    const view = this.#view;
    const record = view.replica.board.record(id);
    if (record === undefined || view.verbs.acting) return;
    this.#deafen(cell);
    sayLost(view, record, w().notice.deletedUnder(nameOf(record)));
  }

  /** What is typed on falls on the cell, and changes nothing in it. */
  #deafen(cell: HTMLElement | null): void {
    if (cell?.isConnected === true) cell.focus({ preventScroll: true });
    deafen();
  }

  #afterDraw(): void {
    if (this.#open === undefined) return;
    const { area, cell, id } = this.#open;
    const record = this.#view.record(id);
    if (record !== undefined && !this.#may(record)) {
      this.end();
      this.#deafen(cell);
      return;
    }
    if (record === undefined) {
      this.end();
      this.#lost(id, cell);
      return;
    }
    const node = this.#view.nodeOf(id);
    node?.classList.add("editing");
    // Somebody took away the step or lane: who is in the middle of a word writes on where the card lay.
    if (node !== undefined) area.classList.remove("loose");
    else if (!area.classList.contains("loose")) {
      area.className = "editor loose";
      if (record.kind === "card" && textField(record, "lane") === "")
        toast(w().notice.toTray(nameOf(record)));
    }
    this.#place();
  }

  /** Lays the textarea over the text: same place, width and type. Without the text it stays where it is. */
  #place(): void {
    if (this.#open === undefined) return;
    const { area, id } = this.#open;
    const node = this.#view.nodes.get(id);
    const words = node?.querySelector<HTMLElement>(".txt");
    let least = 0;
    if (node !== undefined && words !== null && words !== undefined) {
      const scale = this.#view.camera.zoom;
      const at = this.#view.world.getBoundingClientRect();
      const card = node.getBoundingClientRect();
      const box = words.getBoundingClientRect();
      const look = getComputedStyle(words);
      const chip = node.classList.contains("chip");
      const right =
        node.classList.contains("ph") || node.classList.contains("st") || node.classList.contains("lh")
          ? 6
          : 8;
      const width = chip
        ? Math.max(64, box.width / scale + 18)
        : Math.max(40, (card.right - box.left) / scale - right);
      const [x, y] = [(box.left - at.left) / scale, (box.top - at.top) / scale];
      style(area, "left", `${x}px`);
      style(area, "top", `${y}px`);
      const beneath = node.closest(".hd, .lh, .corner") === null;
      const heads = beneath ? this.#view.grid.pinned : [];
      under(
        area,
        heads.map((box) => ({ ...box, x: box.x - x, y: box.y - y })),
      );
      style(area, "width", `${width}px`);
      for (const name of [
        "font",
        "letter-spacing",
        "line-height",
        "padding-top",
        "padding-bottom",
        "word-break",
      ]) {
        style(area, name, look.getPropertyValue(name));
      }
      attr(area, "lang", document.documentElement.lang);
      area.classList.toggle("head", node.closest(".hd") !== null);
      area.classList.toggle("in-card", node.classList.contains("card"));
      least = box.height / scale;
    }
    // A long text is laid out twice to be measured.
    const size = `${least} ${area.style.width} ${area.style.font} ${area.value}`;
    if (this.#open.size === size) return;
    this.#open.size = size;
    style(area, "height", "0");
    style(area, "height", `${Math.max(area.scrollHeight, least)}px`);
  }
}

/** How a key ends an edit, if it does. */
function endKey(event: KeyboardEvent, line: boolean): "enter" | "tab" | "backtab" | "stay" | undefined {
  if (event.key === "Escape") return "stay";
  if (event.key === "Tab") return event.shiftKey ? "backtab" : "tab";
  if (event.key !== "Enter") return undefined;
  if (event.ctrlKey || event.metaKey) return "stay";
  if (event.shiftKey && !line) return undefined;
  return line ? "stay" : "enter";
}
