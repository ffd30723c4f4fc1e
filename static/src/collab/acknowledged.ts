// Own ops the server acknowledged lately, in case its log loses them.
import type { ID } from "../board/record.ts";
import type { Pending } from "./pending.ts";

const most = 500;
const keptFor = 10 * 60_000;

export class Acknowledged {
  #items: { p: Pending; at: number }[] = [];

  add(p: Pending, now: number): void {
    this.#items.push({ p, at: now });
    const first = this.#items.findIndex(({ at }) => now - at <= keptFor);
    this.#items.splice(0, Math.max(first, this.#items.length - most));
  }

  /** Takes out those of a client from n on, by number. */
  take(client: ID, n: number): readonly Pending[] {
    const taken = this.#items.filter(({ p }) => p.client === client && p.n >= n).map(({ p }) => p);
    if (taken.length > 0) this.#items = this.#items.filter(({ p }) => !taken.includes(p));
    return taken.sort((a, b) => a.n - b.n);
  }

  clients(): readonly ID[] {
    return this.#items.map(({ p }) => p.client);
  }
}
