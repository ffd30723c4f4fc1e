// The outbox in the browser's IndexedDB. Which page holds which outbox is settled by Web Locks; where the browser has
// none (a page without TLS), by leases that a living page renews, and by marks that a page leaves when it goes.
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { ID } from "../board/record.ts";
import { browserClock, type Clock } from "./clock.ts";
import type { OutboxStore, Seen, StoredOp, StoredOutbox } from "./outbox.ts";

interface OutboxRow {
  readonly client: ID;
  readonly board: ID;
  readonly person: ID;
  readonly seen?: Seen;
  /** Without locks: until when its page holds it, unless it renews. */
  readonly lease: number;
}

interface Schema extends DBSchema {
  outboxes: { key: string; value: OutboxRow };
  items: { key: [string, number]; value: StoredOp & { readonly client: ID } };
}

const leaseFor = 20_000;
const renewEvery = 5_000;
/** Begins the names of marks; the client follows. */
const mark = "waymark.left.";
/** How many outboxes one page takes over at a time. */
const mostAdopted = 32;

/** The part of the Web Locks API that is used here. */
export type Locks = Pick<LockManager, "request">;

export interface BrowserStoreOptions {
  readonly name?: string;
  readonly clock?: Clock;
  readonly locks?: Locks | undefined;
  /** Whom somebody on this device has become: a guest who signed in is the account from then on. */
  readonly became?: (person: ID) => ID;
}

export class BrowserStore implements OutboxStore {
  readonly #db: Promise<IDBPDatabase<Schema>>;
  readonly #clock: Clock;
  readonly #locks: Locks | undefined;
  readonly #became: (person: ID) => ID;
  /** Without locks: where pages leave word that they have gone; a page that goes can write nothing else. */
  #marks: Storage | undefined;
  /** What lets go of each outbox held by this page. */
  readonly #held = new Map<ID, () => void>();
  #last: Promise<unknown> = Promise.resolve();
  #callOff: () => void = () => {};
  #closed = false;

  constructor(options: BrowserStoreOptions = {}) {
    this.#clock = options.clock ?? browserClock;
    this.#locks = "locks" in options ? options.locks : globalThis.navigator?.locks;
    this.#became = options.became ?? ((person) => person);
    // Where the browser forbids it or has none, that throws at once; it counts as one that cannot be opened.
    this.#db = (async () =>
      openDB<Schema>(options.name ?? "waymark", 1, {
        upgrade(db) {
          db.createObjectStore("outboxes", { keyPath: "client" });
          db.createObjectStore("items", { keyPath: ["client", "n"] });
        },
        blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
      }))();
    // Whoever writes hears of a database that cannot be opened; nobody may be writing yet.
    this.#db.catch(() => {});
    if (this.#locks !== undefined) return;
    try {
      this.#marks = globalThis.localStorage;
    } catch {
      // The browser forbids it: leases run out too.
    }
    for (const event of ["pagehide", "pageshow"])
      globalThis.addEventListener?.(event, () => this.left(event === "pagehide"));
    this.#renew();
  }

  /** The page has gone, so that others may take what it holds; or it is here again. */
  left(gone: boolean): void {
    for (const client of this.#held.keys()) this.#marks?.[gone ? "setItem" : "removeItem"](mark + client, "");
  }

  open(board: ID, person: ID, client: ID): Promise<void> {
    return this.#inTurn(async (db) => {
      await this.#hold(client);
      await db.put("outboxes", { client, board, person, lease: this.#clock.now() + leaseFor });
    });
  }

  adopt(board: ID, person: ID): Promise<readonly StoredOutbox[]> {
    return this.#inTurn(async (db) => {
      const found: StoredOutbox[] = [];
      for (const row of await db.getAll("outboxes")) {
        if (found.length === mostAdopted) break;
        if (row.board !== board || this.#held.has(row.client)) continue;
        if (row.person !== person && this.#became(row.person) !== person) continue;
        if (!(await this.#take(db, row.client))) continue;
        const items = await db.getAll("items", itemsOf(row.client));
        if (items.length === 0) await this.#remove(db, row.client);
        else
          found.push({
            client: row.client,
            seen: row.seen,
            items: items.map(({ client: _, ...item }) => item),
          });
      }
      return found;
    });
  }

  put(client: ID, item: StoredOp): Promise<void> {
    return this.#inTurn(async (db) => {
      await db.put("items", { ...item, client });
    });
  }

  settle(client: ID, n: number, seen: Seen): Promise<void> {
    return this.#inTurn(async (db) => {
      const tx = db.transaction(["outboxes", "items"], "readwrite");
      const row = await tx.objectStore("outboxes").get(client);
      if (row !== undefined) await tx.objectStore("outboxes").put({ ...row, seen });
      await tx.objectStore("items").delete([client, n]);
      await tx.done;
    });
  }

  move(from: ID, gone: readonly number[], to: ID, items: readonly StoredOp[]): Promise<void> {
    return this.#inTurn(async (db) => {
      await this.#hold(to);
      const tx = db.transaction(["outboxes", "items"], "readwrite");
      const row = await tx.objectStore("outboxes").get(from);
      if (row !== undefined) await tx.objectStore("outboxes").put({ ...row, client: to });
      for (const n of gone) await tx.objectStore("items").delete([from, n]);
      for (const item of items) await tx.objectStore("items").put({ ...item, client: to });
      await tx.done;
    });
  }

  drop(client: ID): Promise<void> {
    return this.#inTurn((db) => this.#remove(db, client));
  }

  close(): void {
    this.#closed = true;
    this.#callOff();
    void this.#inTurn(async (db) => {
      for (const [client, letGo] of this.#held) {
        letGo();
        const row = this.#locks === undefined ? await db.get("outboxes", client) : undefined;
        if (row !== undefined) await db.put("outboxes", { ...row, lease: 0 });
      }
      this.#held.clear();
      db.close();
    }).catch(() => {});
  }

  /** Calls take effect one after the other, whatever the browser does. */
  #inTurn<T>(job: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => job(await this.#db));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #remove(db: IDBPDatabase<Schema>, client: ID): Promise<void> {
    const tx = db.transaction(["outboxes", "items"], "readwrite");
    await tx.objectStore("items").delete(itemsOf(client));
    await tx.objectStore("outboxes").delete(client);
    await tx.done;
    this.#held.get(client)?.();
    this.#held.delete(client);
  }

  /** Holds an outbox that no other page knows of yet. */
  async #hold(client: ID): Promise<void> {
    if (this.#locks === undefined) this.#held.set(client, () => {});
    else await this.#lock(client);
  }

  /** Takes an outbox that another page may hold; false when one does. */
  async #take(db: IDBPDatabase<Schema>, client: ID): Promise<boolean> {
    if (this.#locks !== undefined) return this.#lock(client);
    const tx = db.transaction("outboxes", "readwrite");
    const row = await tx.store.get(client);
    const now = this.#clock.now();
    const left = this.#marks?.getItem(mark + client) === "";
    const free = row !== undefined && (left || row.lease < now);
    if (free) await tx.store.put({ ...row, lease: now + leaseFor });
    await tx.done;
    if (free) {
      this.#held.set(client, () => {});
      this.#marks?.removeItem(mark + client);
    }
    return free;
  }

  #lock(client: ID): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const granted = (lock: Lock | null): Promise<void> | undefined => {
        if (lock === null) {
          resolve(false);
          return undefined;
        }
        resolve(true);
        return new Promise((letGo) => this.#held.set(client, letGo));
      };
      this.#locks?.request(`waymark-outbox-${client}`, { ifAvailable: true }, granted).catch(reject);
    });
  }

  #renew(): void {
    this.#callOff = this.#clock.after(renewEvery, () => {
      const renewal = this.#inTurn(async (db) => {
        const tx = db.transaction("outboxes", "readwrite");
        for (const client of this.#held.keys()) {
          const row = await tx.store.get(client);
          if (row !== undefined) await tx.store.put({ ...row, lease: this.#clock.now() + leaseFor });
        }
        await tx.done;
      });
      renewal
        .catch(() => {})
        .finally(() => {
          if (!this.#closed) this.#renew();
        });
    });
  }
}

function itemsOf(client: ID): IDBKeyRange {
  return IDBKeyRange.bound([client, 0], [client, Number.MAX_SAFE_INTEGER]);
}
