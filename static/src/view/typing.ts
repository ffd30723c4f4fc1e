// A text box over a text field of a record: what is typed becomes changes of the field, what others type arrives in the
// box and leaves the caret where it was. While an input method composes, nothing in the box is touched: what others
// type waits until the composition ends.
import {
  composeDelta,
  type Delta,
  diffText,
  movePoint,
  pointOffset,
  transformDelta,
  unitOffset,
} from "../board/text.ts";
import type { Replica, TextHandle } from "../collab/replica.ts";
import type { Direction, Field } from "../collab/undo.ts";

export interface TypingOptions {
  /** The field holds one line: line ends become blanks. */
  readonly line: boolean;
  /** Called when this person's typing was taken. */
  typed(): void;
  /** Called when the text in the box became another by others' typing. */
  heard?(): void;
}

/**
 * A text as a board takes it: without control characters, which come along when something is copied from slides and PDF
 * files. Each becomes another character, so that the caret stays where it is.
 */
export function plain(text: string, line = false): string {
  const lines = text.replace(/[\v\f\u0085]/g, "\n").replace(/[^\P{Cc}\n\t]/gu, " ");
  return line ? lines.replace(/[\n\t]/g, " ") : lines;
}

/**
 * Takes typing in a field back, or brings it back, when a key or the browser's menu asks for it; the browser's own undo
 * goes letter by letter and knows nothing of what others typed since. False for any other event.
 */
export function undoTyping(event: KeyboardEvent | InputEvent, replica: Replica, within: Field): boolean {
  const way = undoWay(event);
  if (way === undefined || event.isComposing) return false;
  event.preventDefault();
  replica[way](within);
  return true;
}

/** Nobody is shown as typing who has typed nothing for so long, in ms. */
const stillTyping = 8000;

export interface TypingShown {
  typed(): void;
  close(): void;
}

/** Shows others that this person types in a field, for a while after this and after each letter. */
export function showTyping(replica: Replica, within: Field): TypingShown {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = (typing: Field | null): void => {
    clearTimeout(timer);
    replica.show({ typing });
  };
  const close = (): void => show(null);
  const typed = (): void => {
    show(within);
    timer = setTimeout(close, stillTyping);
  };
  typed();
  return { typed, close };
}

function undoWay(event: KeyboardEvent | InputEvent): Direction | undefined {
  if ("inputType" in event) {
    if (event.inputType === "historyUndo") return "undo";
    return event.inputType === "historyRedo" ? "redo" : undefined;
  }
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return undefined;
  const key = event.key.toLowerCase();
  if (key === "y") return "redo";
  return key !== "z" ? undefined : event.shiftKey ? "redo" : "undo";
}

export class Typing {
  composing = false;
  readonly #box: HTMLInputElement | HTMLTextAreaElement;
  readonly #handle: TextHandle;
  readonly #options: TypingOptions;
  /** What the box held when it last agreed with the board. */
  #shown: string;
  /** What others typed while an input method is composing. */
  #remote: Delta | undefined;
  readonly #stops: (() => void)[] = [];

  constructor(box: HTMLInputElement | HTMLTextAreaElement, handle: TextHandle, options: TypingOptions) {
    this.#box = box;
    this.#handle = handle;
    this.#options = options;
    this.#shown = handle.text;
    box.value = handle.text;
    handle.onRemote((delta) => this.#hear(delta));
    const on = (name: string, fn: () => void): void => {
      box.addEventListener(name, fn);
      this.#stops.push(() => box.removeEventListener(name, fn));
    };
    on("compositionstart", () => {
      this.composing = true;
    });
    on("compositionend", () => {
      this.composing = false;
      this.#send();
    });
    on("input", () => {
      if (!this.composing) this.#send();
    });
  }

  /** Ends it; a composition under way counts as typed. */
  close(): void {
    if (this.composing) {
      this.composing = false;
      this.#send();
    }
    for (const stop of this.#stops) stop();
    this.#handle.close();
  }

  #send(): void {
    const box = this.#box;
    const handle = this.#handle;
    const value = plain(box.value, this.#options.line);
    let local = diffText(this.#shown, value);
    if (local.length === 0 && this.#remote === undefined) return;
    const caret = pointOffset(box.value, box.selectionStart ?? 0);
    let at = caret;
    if (this.#remote !== undefined) {
      at = movePoint(caret, transformDelta(this.#remote, local, "left"));
      local = transformDelta(local, this.#remote, "right");
      this.#remote = undefined;
    }
    const taken = local.length === 0 || handle.change(local);
    this.#shown = handle.text;
    if (box.value !== handle.text) {
      box.value = handle.text;
      const end = taken ? unitOffset(handle.text, at) : handle.text.length;
      box.setSelectionRange(end, end);
    }
    this.#options.typed();
  }

  #hear(delta: Delta): void {
    if (this.composing) {
      this.#remote = this.#remote === undefined ? delta : composeDelta(this.#remote, delta);
      return;
    }
    const box = this.#box;
    const start = movePoint(pointOffset(this.#shown, box.selectionStart ?? 0), delta);
    const end = movePoint(pointOffset(this.#shown, box.selectionEnd ?? 0), delta);
    this.#shown = this.#handle.text;
    box.value = this.#shown;
    box.setSelectionRange(unitOffset(this.#shown, start), unitOffset(this.#shown, end));
    this.#options.heard?.();
  }
}
