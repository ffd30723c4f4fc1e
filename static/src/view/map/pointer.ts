// One pointer pipeline: mouse, pen and touch. A press becomes a click, a drag, a pan or a pinch.
import type { ID } from "../../board/record.ts";
import { textField } from "../../board/record.ts";
import { openMenu } from "../menu.ts";
import { w } from "../words/index.ts";
import { dragEmotion, dragHead, dragSpan, dragStickies, marquee, resizeSticky } from "./drag.ts";
import { dragCards, type Gesture } from "./drag-card.ts";
import { Edge } from "./edge.ts";
import { menuFor } from "./menu-for.ts";
import { laneTypes } from "./menu-head.ts";
import { selectable } from "./selection.ts";
import { Touches } from "./touches.ts";
import { onTrackpad } from "./trackpad.ts";
import { holdsCards } from "./verbs.ts";
import type { MapView } from "./view.ts";

interface Press {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly target: HTMLElement;
  readonly touch: boolean;
  gesture: Gesture | undefined;
  pan: boolean;
  moved: boolean;
  lastX: number;
  lastY: number;
}

export class Pointer {
  readonly #view: MapView;
  #press: Press | undefined;
  readonly #touches: Touches;
  readonly #edge: Edge;
  /** Two fingers: how far they were apart, at which zoom, and the point of the board between them. */
  #pinch: { distance: number; zoom: number; x: number; y: number } | undefined;
  #hold: ReturnType<typeof setTimeout> | undefined;
  #lastTap = { at: 0, x: 0, y: 0 };
  /** Space is down: a drag pans. */
  space = false;
  /** A drag has panned since Space went down. */
  panned = false;

  constructor(view: MapView) {
    this.#view = view;
    const { stage, camera } = view;
    this.#touches = new Touches(stage);
    this.#edge = new Edge(view);
    stage.addEventListener("pointerdown", (event) => this.#down(event));
    stage.addEventListener("pointermove", (event) => this.#move(event));
    stage.addEventListener("pointerup", (event) => this.#up(event));
    stage.addEventListener("pointercancel", (event) => this.#cancel(event));
    stage.addEventListener("dblclick", (event) =>
      this.#double(event.target as HTMLElement, event.clientX, event.clientY),
    );
    stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    stage.addEventListener("contextmenu", (event) => this.#context(event));
    stage.addEventListener("click", (event) => this.#click(event));
    stage.addEventListener("dragstart", (event) => event.preventDefault());
    stage.addEventListener("pointerleave", () => view.replica.show({ at: null }));
    onTrackpad(stage, camera, () => this.#touches.size === 0);
    view.tool.subscribe((tool) => {
      stage.classList.toggle("pan", tool === "hand");
      stage.classList.toggle("place", tool === "sticky");
    });
  }

  /** Ends what is under way, as Escape does. */
  abort(): boolean {
    if (this.#press?.gesture === undefined) return false;
    this.#press.gesture.cancel();
    this.#press = undefined;
    this.#rest();
    return true;
  }

  #down(event: PointerEvent): void {
    const target = event.target as HTMLElement;
    if (target.closest(".editor") !== null) return;
    const touch = event.pointerType === "touch";
    if (touch) {
      this.#touches.set(event);
      if (this.#touches.size === 2) {
        this.abort();
        this.#press = undefined;
        clearTimeout(this.#hold);
        const middle = this.#touches.middle(this.#view.stage);
        const { camera } = this.#view;
        this.#pinch = {
          distance: this.#touches.spread,
          zoom: camera.zoom,
          ...camera.toBoard(middle.x, middle.y),
        };
        return;
      }
    }
    if (event.button === 2 || target.closest("button") !== null) return;
    const view = this.#view;
    view.stage.classList.add("by-pointer");
    view.editor.end();
    const hand = event.button === 1 || this.space || view.tool.value === "hand";
    if (event.button === 1) event.preventDefault();
    this.#press = {
      id: event.pointerId,
      x: event.clientX,
      y: event.clientY,
      target,
      touch,
      gesture: undefined,
      pan:
        hand || (touch && target.closest("[data-id]:not(.ph, .st, .lh, .corner), [data-emotion]") === null),
      moved: false,
      lastX: event.clientX,
      lastY: event.clientY,
    };
    if (touch) {
      clearTimeout(this.#hold);
      this.#hold = setTimeout(() => {
        if (this.#press === undefined || this.#press.moved) return;
        this.#press = undefined;
        this.#openContext(target, event.clientX, event.clientY);
      }, 500);
    } else if (!hand) this.#select(target, event);
    if (this.space) {
      event.preventDefault(); // the focus stays where Space is held
      return;
    }
    const focusable = target.closest<HTMLElement>("[data-emotion], [data-id], .cell, .lh, .st, .ph, .corner");
    if (focusable !== null) {
      focusable.focus({ preventScroll: true });
      event.preventDefault();
    } else view.stage.focus({ preventScroll: true });
  }

  #select(target: HTMLElement, event: PointerEvent): void {
    const view = this.#view;
    const id = selectable(target);
    if (id !== undefined) {
      if (event.shiftKey || event.ctrlKey || event.metaKey) view.selection.toggle(id);
      else if (!view.selection.has(id)) view.selection.set([id]);
    } else if (!event.shiftKey) view.selection.clear();
  }

  #move(event: PointerEvent): void {
    const view = this.#view;
    const press = this.#press;
    const rect = view.stage.getBoundingClientRect();
    const sx = event.clientX - rect.left;
    const sy = event.clientY - rect.top;
    if (event.pointerType === "touch" && this.#touches.has(event.pointerId)) {
      this.#touches.set(event);
      if (this.#pinch !== undefined && this.#touches.size >= 2) {
        const middle = this.#touches.middle(view.stage);
        const pinch = this.#pinch;
        // The point between the fingers stays between them.
        view.camera.hold(pinch, middle, (pinch.zoom * this.#touches.spread) / pinch.distance);
        return;
      }
    }
    const at = view.camera.toBoard(sx, sy);
    const cell = view.geometry.at(at.x, at.y);
    view.replica.show({ at: cell ?? { x: Math.round(at.x * 10), y: Math.round(at.y * 10) } });
    if (press === undefined || press.id !== event.pointerId) return;
    const far = Math.hypot(event.clientX - press.x, event.clientY - press.y);
    if (!press.moved) {
      if (far < (press.touch ? 8 : 3)) return;
      press.moved = true;
      clearTimeout(this.#hold);
      view.stage.setPointerCapture(event.pointerId);
      if (!press.pan) press.gesture = this.#begin(press, event);
      view.stage.parentElement?.classList.toggle("dragging", press.gesture !== undefined);
      if (press.gesture === undefined) press.pan = press.pan || press.touch;
      if (press.pan) view.stage.classList.add("panning");
      if (press.pan && this.space) this.panned = true;
    }
    if (press.gesture !== undefined) {
      const { gesture } = press;
      gesture.move(event.clientX, event.clientY);
      this.#edge.hold(event.clientX, event.clientY, () => gesture.move(event.clientX, event.clientY));
    } else if (press.pan) view.camera.panBy(event.clientX - press.lastX, event.clientY - press.lastY);
    press.lastX = event.clientX;
    press.lastY = event.clientY;
  }

  #begin(press: Press, event: PointerEvent): Gesture | undefined {
    const view = this.#view;
    const { target, x, y } = press;
    const grip = target.closest<HTMLElement>("[data-grip]");
    if (grip !== null) return dragSpan(view, grip.dataset.grip as ID);
    const size = target.closest<HTMLElement>("[data-size]");
    if (size !== null && view.rights.edit(view.record(size.dataset.size)))
      return resizeSticky(view, size.dataset.size as ID, x, y);
    const emotion = target.closest<HTMLElement>("[data-emotion]");
    if (emotion !== null)
      return view.rights.add ? dragEmotion(view, emotion.dataset.emotion as ID) : undefined;
    const node = target.closest<HTMLElement>("[data-id]");
    const record = view.record(node?.dataset.id);
    if (record !== undefined && node !== null) {
      const head = record.kind === "phase" || record.kind === "step" || record.kind === "lane";
      if (head) return view.rights.structure ? dragHead(view, record) : undefined;
      if (!view.rights.edit(record)) return undefined;
      if (press.touch) view.selection.set([record.id]);
      if (record.kind === "card") return dragCards(view, record.id, x, y);
      if (record.kind === "sticky") return dragStickies(view, record.id, x, y);
      return undefined;
    }
    return press.touch ? undefined : marquee(view, x, y, event.shiftKey);
  }

  #up(event: PointerEvent): void {
    this.#touches.delete(event.pointerId);
    clearTimeout(this.#hold);
    const press = this.#press;
    const view = this.#view;
    if (press === undefined || press.id !== event.pointerId) return;
    this.#press = undefined;
    this.#rest();
    if (press.gesture !== undefined) {
      press.gesture.drop(event);
      return;
    }
    if (press.moved) return;
    if (view.tool.value === "sticky" && event.button === 0) {
      this.#placeSticky(event.clientX, event.clientY);
      return;
    }
    if (press.touch) this.#tap(press, event);
    else {
      const id = selectable(press.target);
      const many = event.shiftKey || event.ctrlKey || event.metaKey;
      if (id !== undefined && !many && view.selection.all.size > 1) view.selection.set([id]);
    }
  }

  #tap(press: Press, event: PointerEvent): void {
    const view = this.#view;
    const now = performance.now();
    const near = Math.hypot(event.clientX - this.#lastTap.x, event.clientY - this.#lastTap.y) < 24;
    if (now - this.#lastTap.at < 350 && near) {
      this.#lastTap.at = 0;
      this.#double(press.target, event.clientX, event.clientY);
      return;
    }
    this.#lastTap = { at: now, x: event.clientX, y: event.clientY };
    const id = selectable(press.target);
    if (id === undefined) view.selection.clear();
    else view.selection.set([id]);
  }

  #cancel(event: PointerEvent): void {
    this.#touches.delete(event.pointerId);
    clearTimeout(this.#hold);
    if (this.#press?.id === event.pointerId) {
      this.#press.gesture?.cancel();
      this.#press = undefined;
    }
    this.#rest();
  }

  #rest(): void {
    this.#edge.rest();
    this.#view.stage.classList.remove("panning");
    this.#view.stage.parentElement?.classList.remove("dragging");
  }

  #placeSticky(x: number, y: number): void {
    const view = this.#view;
    const rect = view.stage.getBoundingClientRect();
    const at = view.camera.toBoard(x - rect.left, y - rect.top);
    view.tool.value = "select";
    if (view.geometry.hides(at.x, at.y)) return;
    const cell = view.geometry.at(at.x, at.y);
    if (cell !== undefined && holdsCards(view.record(cell.lane))) {
      view.startCard(cell.lane, cell.step);
      return;
    }
    if (!view.rights.add) {
      view.sayWhyNot();
      return;
    }
    const id = view.verbs.addSticky(at.x - 80, at.y - 60);
    if (id === undefined) return;
    view.selection.set([id]);
    view.editRecord(id, { fresh: true });
  }

  #double(target: HTMLElement, x: number, y: number): void {
    const view = this.#view;
    if (target.closest("button, .editor") !== null) return;
    const emotion = target.closest<HTMLElement>("[data-emotion]");
    if (emotion !== null) {
      view.openDialog({ kind: "emotion", step: emotion.dataset.emotion as ID });
      return;
    }
    const id = target.closest<HTMLElement>("[data-id]")?.dataset.id as ID | undefined;
    if (target.closest(".corner") !== null) {
      if (id !== undefined) view.editRecord(id);
      else if (view.rights.structure) view.editRecord(view.verbs.addPersona());
      else view.sayWhyNot();
      return;
    }
    if (id !== undefined) {
      view.editRecord(id);
      return;
    }
    const cell = target.closest<HTMLElement>(".cell");
    if (cell !== null) {
      const lane = view.record(cell.dataset.lane);
      if (lane !== undefined && holdsCards(lane)) view.startCard(lane.id, cell.dataset.step as ID);
      else if (lane !== undefined) view.openDialog({ kind: "emotion", step: cell.dataset.step as ID });
      return;
    }
    if (target.closest(".map") === null) this.#placeSticky(x, y);
  }

  #click(event: MouseEvent): void {
    const view = this.#view;
    const target = event.target as HTMLElement;
    const menu = target.closest<HTMLElement>("[data-menu]");
    if (menu !== null) {
      const record = view.record(menu.dataset.menu);
      if (record !== undefined) openMenu(menu, menuFor(view, menu), w().menu.of(textField(record, "title")));
      return;
    }
    const moment = target.closest<HTMLElement>("[data-moment]");
    if (moment !== null) view.openMoment(moment.dataset.moment as ID);
    const add = target.closest<HTMLElement>("[data-add]");
    if (add?.dataset.add === "step") view.editRecord(view.verbs.appendStep());
    else if (add?.dataset.add === "lane") openMenu(add, laneTypes(view, undefined), w().map.addLane);
    else if (add?.dataset.add === "card") {
      const cell = add.closest<HTMLElement>(".cell");
      if (cell !== null) view.startCard(cell.dataset.lane as ID, cell.dataset.step as ID);
    } else if (event.detail === 0 && target.dataset.id !== undefined) {
      // An assistive technology pressed it without a pointer.
      const id = selectable(target);
      if (id !== undefined) view.selection.set([id]);
    }
  }

  #context(event: MouseEvent): void {
    if ((event.target as HTMLElement).closest(".editor") !== null) return;
    event.preventDefault();
    this.#openContext(event.target as HTMLElement, event.clientX, event.clientY);
  }

  #openContext(target: HTMLElement, x: number, y: number): void {
    const view = this.#view;
    const id = selectable(target);
    if (id !== undefined && !view.selection.has(id)) view.selection.set([id]);
    const entries = menuFor(view, target);
    if (entries.length > 0) openMenu({ x, y }, entries, w().tool.more);
    else view.sayWhyNot();
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const view = this.#view;
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? view.camera.height : 1;
    if (event.ctrlKey || event.metaKey) {
      const rect = view.stage.getBoundingClientRect();
      const step = Math.max(-1, Math.min(1, (event.deltaY * unit) / 100));
      view.camera.zoomAt(
        event.clientX - rect.left,
        event.clientY - rect.top,
        view.camera.zoom * 1.1 ** (-step * 2),
      );
      return;
    }
    const sideways = event.shiftKey && event.deltaX === 0;
    const dx = sideways ? event.deltaY : event.deltaX;
    const dy = sideways ? 0 : event.deltaY;
    view.camera.panBy(-dx * unit, -dy * unit);
  }
}
