// Numbers what is asked for, keeps it on the device until it is settled, and starts a fresh client where numbers broke.
import type { ID } from "../board/record.ts";
import type { OutboxStore, Seen, StoredOutbox } from "./outbox.ts";
import { newPending, type Pending, type PendingQueue, storedForm } from "./pending.ts";

const mostBytes = 5 << 20;

export interface OutgoingOptions {
  readonly board: ID;
  readonly person: () => ID;
  readonly queue: PendingQueue;
  readonly store: OutboxStore;
  readonly newClient: () => ID;
  /** How far the confirmed board is. */
  readonly seen: () => Seen;
  /** Whether writing works, or whether there is room, is no longer as it was. */
  readonly changed: () => void;
}

export class Outgoing {
  /** False once a write has failed: what is pending is then in this page only. */
  kept = true;
  /** No more is taken until the server has answered. */
  full = false;
  readonly #o: OutgoingOptions;
  #own: { client: ID; next: number };
  /** Clients whose outboxes are on the device and held by this page. */
  readonly #opened = new Set<ID>();

  /** What older pages had seen when they last settled an op. */
  readonly #seen = new Map<ID, Seen>();

  constructor(options: OutgoingOptions) {
    this.#o = options;
    this.#own = { client: options.newClient(), next: 1 };
  }

  /** The client under which this page numbers its ops. */
  get client(): ID {
    return this.#own.client;
  }

  /** Takes over what older pages left behind. */
  async adopt(): Promise<readonly StoredOutbox[]> {
    let found: readonly StoredOutbox[] = [];
    try {
      found = await this.#o.store.adopt(this.#o.board, this.#o.person());
    } catch {
      this.#failed();
    }
    for (const { client, seen } of found) {
      this.#opened.add(client);
      if (seen !== undefined) this.#seen.set(client, seen);
    }
    const old = found[0];
    if (PLANTED === "old-outbox-extended" && old !== undefined && this.#own.next === 1) {
      this.#own = { client: old.client, next: (old.items.at(-1)?.n ?? 0) + 1 };
    }
    return found;
  }

  /** Whether a mark is of an earlier state of the log than an older page had seen. */
  isStale(mark: { readonly client: ID; readonly seq: number }): boolean {
    const seen = this.#seen.get(mark.client);
    const { epoch } = this.#o.seen();
    return seen !== undefined && (seen.epoch > epoch || (seen.epoch === epoch && mark.seq < seen.seq));
  }

  /** Makes a pending op with the next number; undefined when there is no room for it. */
  number(op: Pending["op"], more: Parameters<typeof newPending>[3]): Pending | undefined {
    const p = newPending(this.#own.client, this.#own.next, op, more);
    if (this.#o.queue.bytes + p.bytes > mostBytes) {
      this.full = true;
      this.#o.changed();
      return undefined;
    }
    this.#own.next++;
    return p;
  }

  /** Writes an op to the device, for the first time or as it has become. */
  keep(p: Pending): void {
    const { store, board, person } = this.#o;
    if (!this.#opened.has(p.client)) {
      this.#opened.add(p.client);
      this.#written(store.open(board, person(), p.client));
    }
    this.#written(store.put(p.client, storedForm(p)));
  }

  /** An op that has left the queue needs no keeping. */
  settled(p: Pending): void {
    const { queue, store } = this.#o;
    if (this.full && queue.bytes < mostBytes / 2) {
      this.full = false;
      this.#o.changed();
    }
    if (!this.#opened.has(p.client)) return;
    if (p.client !== this.#own.client && queue.of(p.client).length === 0) {
      this.#opened.delete(p.client);
      this.#written(store.drop(p.client));
    } else {
      this.#written(store.settle(p.client, p.n, this.#o.seen()));
    }
  }

  /** Gives ops of one client new numbers under a fresh one, whose name it returns: the old numbers will not be taken. */
  moveRest(items: readonly Pending[]): ID | undefined {
    const from = items[0]?.client;
    if (from === undefined) return undefined;
    const gone = items.map((p) => p.n);
    const to = this.#o.newClient();
    this.#o.queue.renumber(items, to);
    if (this.#own.client === from) this.#own = { client: to, next: items.length + 1 };
    if (this.#opened.has(from)) {
      this.#opened.add(to);
      this.#written(this.#o.store.move(from, gone, to, items.map(storedForm)));
    } else {
      for (const p of items) this.keep(p);
    }
    return to;
  }

  #written(write: Promise<void>): void {
    write.catch(() => this.#failed());
  }

  #failed(): void {
    this.kept = false;
    this.#o.changed();
  }
}
