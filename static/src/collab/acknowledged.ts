// Own ops the server acknowledged lately, in case its log loses them.
import type { ID } from "../board/record.ts";
import type { Pending } from "./pending.ts";

const keptFor = 10 * 60_000;

export class Acknowledged {
  /** By age. A server takes 60 ops a second of one page, which bounds how many there are. */
  #items: { p: Pending; at: number }[] = [];

  add(p: Pending, now: number): void {
    if (PLANTED === "acknowledged-forgotten") return;
    this.#items.push({ p, at: now });
    const first = this.#items.findIndex(({ at }) => now - at <= keptFor);
    if (first > 0) this.#items.splice(0, first);
  }

  /** Takes out those of a client from n on, by number. */
  take(client: ID, n: number): readonly Pending[] {
    const taken: Pending[] = [];
    this.#items = this.#items.filter(({ p }) => {
      const lost = p.client === client && p.n >= n;
      if (lost) taken.push(p);
      return !lost;
    });
    return taken.sort((a, b) => a.n - b.n);
  }

  clients(): ReadonlySet<ID> {
    return new Set(this.#items.map(({ p }) => p.client));
  }
}
