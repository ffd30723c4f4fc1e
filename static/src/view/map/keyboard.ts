// The keyboard on the board. Grid keys act on what has the focus; single letters only outside the grid's cells.
import type { ID } from "../../board/record.ts";
import { menuIsOpen, openMenu } from "../menu.ts";
import { letters } from "../settings.ts";
import { w } from "../words/index.ts";
import { cellOf } from "./focus.ts";
import { arrows, onCard, onEmotion, onMarker, onSticky, printable, steps } from "./keys.ts";
import { menuFor } from "./menu-for.ts";
import type { Pointer } from "./pointer.ts";
import { holdsCards } from "./verbs.ts";
import type { MapView } from "./view.ts";

export class Keyboard {
  readonly #view: MapView;
  readonly #pointer: Pointer;
  /** Space went down here, and does what it means there when it comes up without a drag. */
  #held: KeyboardEvent | undefined;

  constructor(view: MapView, pointer: Pointer, host: HTMLElement) {
    this.#view = view;
    this.#pointer = pointer;
    const down = (event: KeyboardEvent): void => {
      view.stage.classList.remove("by-pointer");
      if (event.defaultPrevented || event.isComposing || menuIsOpen()) return;
      const target = event.target as HTMLElement;
      // What a dialog covers hears nothing, even where nothing in the dialog has the focus.
      if (target.closest("[role=menu]") !== null || host.querySelector("dialog[open]") !== null) return;
      const asked = view.dialog.value;
      if (asked !== undefined && host.querySelector("dialog") === null) {
        // It is asked for and not drawn yet, or this key would be its own.
        if (asked.kind === "palette" && printable(event, true))
          view.dialog.value = { kind: "palette", typed: (asked.typed ?? "") + event.key };
        event.preventDefault();
        return;
      }
      const writing = target.matches("input, textarea, select, [contenteditable]");
      if (event.key === " " && !writing) {
        if (this.#spaceDown(event, target)) event.preventDefault();
        return;
      }
      if (this.#anywhere(event, writing) || (!writing && this.#onBoard(event, target)))
        event.preventDefault();
    };
    const up = (event: KeyboardEvent): void => {
      if (event.key === " ") this.#spaceUp(event);
    };
    const away = (): void => {
      this.#held = undefined;
      this.#hand(false);
    };
    addEventListener("blur", away);
    document.addEventListener("keydown", down);
    document.addEventListener("keyup", up);
    new MutationObserver((_, observer) => {
      if (host.isConnected) return;
      observer.disconnect();
      document.removeEventListener("keydown", down);
      document.removeEventListener("keyup", up);
      removeEventListener("blur", away);
    }).observe(document.body, { childList: true, subtree: true });
  }

  /** Whatever has the focus, Space makes a drag pan. On the board its own meaning waits for that drag. */
  #spaceDown(event: KeyboardEvent, target: HTMLElement): boolean {
    const view = this.#view;
    if (!event.repeat) {
      this.#pointer.panned = false;
      this.#hand(true);
    }
    const onBoard = view.stage.contains(target) || target === document.body;
    if (!onBoard || target.closest("button") !== null) return false;
    this.#held = event;
    return true;
  }

  #spaceUp(event: KeyboardEvent): void {
    const held = this.#held;
    this.#held = undefined;
    this.#hand(false);
    if (this.#pointer.panned) {
      this.#pointer.panned = false;
      event.preventDefault(); // or the button that has the focus would be pressed
    } else if (held !== undefined && held.target === document.activeElement)
      this.#onBoard(held, held.target as HTMLElement);
  }

  #hand(on: boolean): void {
    this.#pointer.space = on;
    this.#view.stage.classList.toggle("pan", on || this.#view.tool.value === "hand");
  }

  /** Keys that work wherever the focus is. */
  #anywhere(event: KeyboardEvent, writing: boolean): boolean {
    const view = this.#view;
    const ctrl = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (ctrl && !event.altKey && key === "k") view.openDialog({ kind: "palette" });
    else if (event.key === "F1") view.openDialog({ kind: "help" });
    else if (writing || !ctrl || event.altKey) return false;
    else if (key === "a")
      return true; // the words of the page are nothing to copy
    else if (key === "z") event.shiftKey ? view.verbs.redo() : view.verbs.undo();
    else if (key === "y") view.verbs.redo();
    else if (event.key === "+" || event.key === "=") view.camera.zoomBy(1.2);
    else if (event.key === "-") view.camera.zoomBy(1 / 1.2);
    else if (event.key === "0" && !event.shiftKey) view.camera.zoomBy(1 / view.camera.zoom);
    else return false;
    return true;
  }

  #onBoard(event: KeyboardEvent, target: HTMLElement): boolean {
    const view = this.#view;
    if (event.key === "Escape") return this.#escape(target);
    const inMap = view.stage.contains(target);
    const onBody = target === document.body || target === view.stage;
    if (target.closest(".isl-bc, .isl-br") !== null) return this.#zoomKey(event) || this.#letter(event);
    if (!inMap && !onBody) return false;
    if (event.key === "ContextMenu" || (event.shiftKey && event.key === "F10")) return this.#context(target);
    if (target.closest("button") !== null) return false;
    if (!this.#types(target) && this.#zoomKey(event)) return true;
    if (event.key === "?") {
      view.openDialog({ kind: "help" });
      return true;
    }
    if (target.matches("[data-emotion]")) return onEmotion(view, event, target);
    const kind = target.dataset.kind;
    if (kind === "card") return onCard(view, event, target);
    if (kind === "sticky") return onSticky(view, event, target);
    if (kind === "marker") return onMarker(view, event, target);
    if (kind === "phase" || kind === "step" || kind === "lane" || kind === "persona")
      return this.#onHead(event, target);
    if (target.classList.contains("cell")) return this.#onCell(event, target);
    return this.#onPaper(event);
  }

  #zoomKey(event: KeyboardEvent): boolean {
    if (!event.shiftKey || event.ctrlKey) return false;
    if (event.code === "Digit1") this.#view.fit(true);
    else if (event.code === "Digit2") this.#view.fitSelection();
    else return false;
    return true;
  }

  /** Whether typing here makes text rather than shortcuts. */
  #types(target: HTMLElement): boolean {
    return target.closest(".cell, .ph, .st, .lh") !== null || target.dataset.kind === "sticky";
  }

  #escape(target: HTMLElement): boolean {
    const view = this.#view;
    if (this.#pointer.abort()) return true;
    if (view.tool.value !== "select") {
      view.tool.value = "select";
      return true;
    }
    const option = target.closest<HTMLElement>("[data-kind=card], [data-kind=marker], [data-emotion]");
    const cell = cellOf(option);
    if (cell !== null) {
      view.selection.clear();
      view.focus.to(cell);
      return true;
    }
    if (view.selection.all.size > 0) {
      view.selection.clear();
      return true;
    }
    if (view.panel.value !== undefined) {
      view.panel.value = undefined;
      return true;
    }
    if (view.stage.contains(target) && target !== view.stage) {
      view.stage.focus();
      return true;
    }
    return false;
  }

  #context(target: HTMLElement): boolean {
    const node = target === document.body ? this.#view.stage : target;
    const box = node.getBoundingClientRect();
    const entries = menuFor(this.#view, node);
    if (entries.length === 0) {
      this.#view.sayWhyNot();
      return true;
    }
    const at =
      node === this.#view.stage
        ? { x: innerWidth / 2, y: innerHeight / 2 }
        : { x: box.left + 12, y: box.bottom };
    openMenu(at, entries, w().tool.more);
    return true;
  }

  #travel(event: KeyboardEvent, cell: HTMLElement): boolean {
    const side = arrows[event.key];
    const { focus } = this.#view;
    if (side !== undefined && !event.altKey && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
      focus.move(cell, ...(steps[side] as [number, number]));
      return true;
    }
    if (event.key === "Home" || event.key === "End") {
      focus.toEnd(cell, event.key === "Home" ? "start" : "end", event.ctrlKey || event.metaKey);
      return true;
    }
    if (event.key === "PageDown" || event.key === "PageUp") {
      focus.move(cell, 0, event.key === "PageDown" ? 3 : -3) ||
        focus.move(cell, 0, event.key === "PageDown" ? 1 : -1);
      return true;
    }
    return false;
  }

  #onCell(event: KeyboardEvent, cell: HTMLElement): boolean {
    const view = this.#view;
    if (this.#travel(event, cell)) return true;
    const lane = view.record(cell.dataset.lane);
    const step = cell.dataset.step as ID;
    if (lane === undefined) return false;
    const first = cell.querySelector<HTMLElement>("[data-emotion], [data-kind=card], [data-kind=marker]");
    if (event.key === "Enter" || event.key === "F2") {
      if (first !== null) {
        view.focus.to(first);
        const id = first.dataset.kind === "card" ? (first.dataset.id as ID) : undefined;
        if (id !== undefined) view.selection.set([id]);
      } else view.startCard(lane.id, step);
      return true;
    }
    if (!holdsCards(lane)) {
      const point = cell.querySelector<HTMLElement>("[data-emotion]");
      if (point !== null && (event.key === "+" || event.key === "-" || event.key === " ")) {
        view.focus.to(point);
        return true;
      }
      return false;
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
      const ids = [...cell.querySelectorAll<HTMLElement>("[data-kind=card]")].map(
        (node) => node.dataset.id as ID,
      );
      view.selection.set(ids);
      return true;
    }
    if (printable(event)) {
      view.startCard(lane.id, step, event.key);
      return true;
    }
    return false;
  }

  #onHead(event: KeyboardEvent, node: HTMLElement): boolean {
    const view = this.#view;
    const id = node.dataset.id as ID | undefined;
    const record = view.record(id);
    const side = arrows[event.key];
    const ctrl = event.ctrlKey || event.metaKey;
    if (record !== undefined && side !== undefined && ctrl && event.shiftKey && view.rights.structure) {
      const way = side === "left" || side === "up" ? -1 : 1;
      const flat = side === "left" || side === "right";
      if (record.kind === "lane" && !flat) view.verbs.moveLane(record.id, way);
      if (record.kind === "step" && flat) view.verbs.moveStep(record.id, way);
      if (record.kind === "phase" && flat) view.verbs.movePhase(record.id, way);
      view.focus.toRecord(record.id);
      return true;
    }
    if (this.#travel(event, node)) return true;
    if (event.key === "Enter" || event.key === "F2") {
      if (record !== undefined) view.editRecord(record.id);
      else if (view.rights.structure) view.editRecord(view.verbs.addPersona());
      return true;
    }
    if (
      (event.key === "Delete" || event.key === "Backspace") &&
      record !== undefined &&
      record.kind !== "persona"
    ) {
      view.deleteAndRest([record.id]);
      return true;
    }
    if (printable(event) && record !== undefined && record.kind !== "persona") {
      view.editRecord(record.id, { typed: event.key });
      return true;
    }
    return false;
  }

  #onPaper(event: KeyboardEvent): boolean {
    const view = this.#view;
    const side = arrows[event.key];
    if (side !== undefined) {
      const [dx, dy] = steps[side];
      view.camera.panBy(-dx * 80, -dy * 80);
      return true;
    }
    if ((event.key === "Delete" || event.key === "Backspace") && view.selection.all.size > 0) {
      view.deleteAndRest([...view.selection.all]);
      return true;
    }
    return this.#letter(event);
  }

  /** The single letters: tools and panels. */
  #letter(event: KeyboardEvent): boolean {
    const view = this.#view;
    if (!letters.value || event.ctrlKey || event.metaKey || event.altKey) return false;
    switch (event.key.toLowerCase()) {
      case "v":
        view.tool.value = "select";
        return true;
      case "h":
        view.tool.value = "hand";
        return true;
      case "n":
        view.addStickyInView();
        return true;
      case "m":
        view.panel.value = view.panel.value === "moments" ? undefined : "moments";
        view.moment.value = undefined;
        view.focus.panel();
        return true;
      default:
        return false;
    }
  }
}
