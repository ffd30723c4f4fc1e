// What is selected: cards, stickies and markers, by id, in the order they were chosen.
import type { ID } from "../../board/record.ts";

export class Selection {
  #ids: ReadonlySet<ID> = new Set();
  readonly #listeners = new Set<(ids: ReadonlySet<ID>) => void>();

  get all(): ReadonlySet<ID> {
    return this.#ids;
  }

  get only(): ID | undefined {
    return this.#ids.size === 1 ? this.#ids.values().next().value : undefined;
  }

  has(id: ID): boolean {
    return this.#ids.has(id);
  }

  onChange(fn: (ids: ReadonlySet<ID>) => void): () => void {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  set(ids: Iterable<ID>): void {
    const next = new Set(ids);
    if (next.size === this.#ids.size && [...next].every((id) => this.#ids.has(id))) return;
    this.#ids = next;
    for (const fn of this.#listeners) fn(next);
  }

  toggle(id: ID): void {
    const next = new Set(this.#ids);
    if (!next.delete(id)) next.add(id);
    this.set(next);
  }

  clear(): void {
    this.set([]);
  }
}

/** The id of the card, sticky or marker a node belongs to. */
export function selectable(node: Element): ID | undefined {
  const found = node.closest<HTMLElement>('[data-kind="card"], [data-kind="sticky"], [data-kind="marker"]');
  return found?.dataset.id as ID | undefined;
}
