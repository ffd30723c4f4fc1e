// Text fields that are being edited here: every change that is not the editor's own is told to it in order.
import type { ID } from "../board/record.ts";
import { applyDelta, type Delta } from "../board/text.ts";
import type { TextHandle } from "./replica.ts";

/** What a handle asks of the replica. */
export interface TextHost {
  /** The text as it is seen. */
  textOf(id: ID, field: string): string;
  /** Asks for a change of a text; false when it is not taken. */
  changeText(id: ID, field: string, delta: Delta, from: Handle): boolean;
  /** Editing has ended: nothing is held back any more, and the next typing is another step of undo. */
  leaveText(id: ID, field: string): void;
}

export class Handle implements TextHandle {
  text: string;
  readonly #host: TextHost;
  readonly #id: ID;
  readonly #field: string;
  readonly #leave: () => void;
  #listener: ((delta: Delta) => void) | undefined;

  constructor(host: TextHost, id: ID, field: string, leave: () => void) {
    this.#host = host;
    this.#id = id;
    this.#field = field;
    this.#leave = leave;
    this.text = host.textOf(id, field);
  }

  change(delta: Delta): boolean {
    const after = applyDelta(this.text, delta);
    if (after === undefined || !this.#host.changeText(this.#id, this.#field, delta, this)) return false;
    this.text = after;
    return true;
  }

  onRemote(fn: (delta: Delta) => void): void {
    this.#listener = fn;
  }

  close(): void {
    this.#listener = undefined;
    this.#leave();
    this.#host.leaveText(this.#id, this.#field);
  }

  /** Somebody else, or undo, changed the text. */
  tell(delta: Delta): void {
    if (delta.length === 0) return;
    this.text = applyDelta(this.text, delta) ?? this.text;
    this.#listener?.(delta);
  }
}

/** The handles that are open, by field. */
export class Handles {
  readonly #open = new Map<string, { id: ID; field: string; handles: Set<Handle> }>();

  add(host: TextHost, id: ID, field: string): Handle {
    const key = `${id} ${field}`;
    let slot = this.#open.get(key);
    if (slot === undefined) {
      slot = { id, field, handles: new Set() };
      this.#open.set(key, slot);
    }
    const { handles } = slot;
    const handle = new Handle(host, id, field, () => {
      handles.delete(handle);
      if (handles.size === 0) this.#open.delete(key);
    });
    handles.add(handle);
    return handle;
  }

  tell(id: ID, field: string, delta: Delta, except?: Handle): void {
    for (const handle of this.#open.get(`${id} ${field}`)?.handles ?? []) {
      if (handle !== except) handle.tell(delta);
    }
  }

  *fields(): IterableIterator<{ id: ID; field: string }> {
    yield* this.#open.values();
  }
}
