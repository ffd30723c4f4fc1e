// The outbox in the browser's IndexedDB. Which page holds which outbox is settled by Web Locks; where the browser has
// none (a page without TLS), the page that holds one is asked whether it is there.
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { type ID, newID } from "../board/record.ts";
import { browserClock, type Clock } from "./clock.ts";
import type { OutboxStore, Seen, StoredOp, StoredOutbox } from "./outbox.ts";

interface OutboxRow {
  readonly client: ID;
  readonly board: ID;
  readonly person: ID;
  readonly seen?: Seen;
  /** The page that holds it, or held it last; "" when that has let go. What an older release wrote has none. */
  readonly holder?: string;
}

/** What pages say to each other. */
interface Word {
  readonly asked?: string;
  readonly here?: string;
}

interface Schema extends DBSchema {
  outboxes: { key: string; value: OutboxRow };
  items: { key: [string, number]; value: StoredOp & { readonly client: ID } };
}

/** A page that does not answer within this time, in ms, is gone, or so far asleep that it can be done without. */
const answerWithin = 300;
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
  /** What lets go of each outbox held by this page. */
  readonly #held = new Map<ID, () => void>();
  readonly #page = newID("page", (bytes) => crypto.getRandomValues(bytes));
  /** Without locks: what pages ask each other by, and those that are asked. */
  readonly #channel: BroadcastChannel | undefined;
  readonly #asked = new Map<string, () => void>();
  #last: Promise<unknown> = Promise.resolve();

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
    this.#channel = new BroadcastChannel(`${options.name ?? "waymark"}-outboxes`);
    this.#channel.onmessage = ({ data }: MessageEvent<Word>) => {
      if (data.asked === this.#page) this.#channel?.postMessage({ here: this.#page } satisfies Word);
      if (data.here !== undefined) this.#asked.get(data.here)?.();
    };
  }

  open(board: ID, person: ID, client: ID): Promise<void> {
    return this.#inTurn(async (db) => {
      await this.#hold(client);
      await db.put("outboxes", { client, board, person, holder: this.#page });
    });
  }

  adopt(board: ID, person: ID): Promise<readonly StoredOutbox[]> {
    return this.#inTurn(async (db) => {
      const found: StoredOutbox[] = [];
      const rows = (await db.getAll("outboxes")).filter(
        (row) =>
          row.board === board &&
          !this.#held.has(row.client) &&
          (row.person === person || this.#became(row.person) === person),
      );
      const living = await this.#living(rows);
      for (const row of rows) {
        if (found.length === mostAdopted) break;
        if (living.has(row.holder ?? "") || !(await this.#take(db, row))) continue;
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
    void this.#inTurn(async (db) => {
      for (const [client, letGo] of this.#held) {
        letGo();
        const row = this.#locks === undefined ? await db.get("outboxes", client) : undefined;
        if (row !== undefined) await db.put("outboxes", { ...row, holder: "" });
      }
      this.#held.clear();
      this.#channel?.close();
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

  /** Without locks: which of the pages that hold these are there. */
  async #living(rows: readonly OutboxRow[]): Promise<ReadonlySet<string>> {
    const living = new Set<string>();
    if (this.#channel === undefined) return living;
    const holders = new Set(rows.map((row) => row.holder ?? "").filter(Boolean));
    const ask = (holder: string): Promise<void> =>
      new Promise((answered) => {
        const callOff = this.#clock.after(answerWithin, answered);
        this.#asked.set(holder, () => {
          callOff();
          living.add(holder);
          answered();
        });
        this.#channel?.postMessage({ asked: holder } satisfies Word);
      });
    await Promise.all([...holders].map(ask));
    this.#asked.clear();
    return living;
  }

  /** Takes an outbox that another page may hold; false when one does, or was quicker. */
  async #take(db: IDBPDatabase<Schema>, seen: OutboxRow): Promise<boolean> {
    if (this.#locks !== undefined) return this.#lock(seen.client);
    const tx = db.transaction("outboxes", "readwrite");
    const row = await tx.store.get(seen.client);
    const free = row !== undefined && row.holder === seen.holder;
    if (free) await tx.store.put({ ...row, holder: this.#page });
    await tx.done;
    if (free) this.#held.set(seen.client, () => {});
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
}

function itemsOf(client: ID): IDBKeyRange {
  return IDBKeyRange.bound([client, 0], [client, Number.MAX_SAFE_INTEGER]);
}
