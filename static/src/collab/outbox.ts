// The outbox: what is not acknowledged yet, kept on this device so that it outlives the page.
import type { Op } from "../board/op.ts";
import type { ID, Seq } from "../board/record.ts";

export interface StoredOp {
  readonly n: number;
  readonly op: Op;
  /** Of a text op: the text its delta was made against. */
  readonly before?: string;
}

/** A place in the log. */
export interface Seen {
  readonly epoch: number;
  readonly seq: Seq;
}

/** What an older page left behind. */
export interface StoredOutbox {
  readonly client: ID;
  /** How far the log was when the last op was settled; a server that knows less cannot say what is decided. */
  readonly seen?: Seen | undefined;
  readonly items: readonly StoredOp[];
}

/**
 * Where outboxes are kept. Each is held by one page at a time; a page numbers only the one it opened, and drains the
 * others it finds. Calls take effect in the order they are made.
 */
export interface OutboxStore {
  /** Begins the outbox of a new client and holds it. */
  open(board: ID, person: ID, client: ID): Promise<void>;
  /** Takes hold of every outbox of this person on this board that no living page holds. */
  adopt(board: ID, person: ID): Promise<readonly StoredOutbox[]>;
  /** Writes an op, or writes it anew. */
  put(client: ID, item: StoredOp): Promise<void>;
  /** Removes an op, which is settled as of that place in the log. One before it may wait for another number. */
  settle(client: ID, n: number, seen: Seen): Promise<void>;
  /** Writes items as the outbox of a new client and removes these numbers from the old one, both or neither. */
  move(from: ID, gone: readonly number[], to: ID, items: readonly StoredOp[]): Promise<void>;
  /** Removes an outbox and lets it go. */
  drop(client: ID): Promise<void>;
  /** Lets go of everything held; what is unsent stays for the next page. */
  close(): void;
}

interface DiskOutbox {
  board: ID;
  person: ID;
  holder: MemoryStore | undefined;
  items: Map<number, StoredOp>;
  seen?: Seen;
}

/** A stand-in for a device's disk: pages come and go on it, and a crash may lose the last write. */
export class MemoryDisk {
  readonly #outboxes = new Map<ID, DiskOutbox>();
  #lastWrite: { store: MemoryStore; undo: () => void } | undefined;

  page(): MemoryStore {
    return new MemoryStore(this);
  }

  /** Ends a page without a word. With loseLast its last write never reached the disk; the answer is whether one was lost. */
  crash(store: MemoryStore, loseLast: boolean): boolean {
    const lost = loseLast && this.#lastWrite?.store === store;
    if (lost) this.#lastWrite?.undo();
    this.#lastWrite = undefined;
    store.close();
    return lost;
  }

  /** How many ops lie on the disk. */
  get size(): number {
    let size = 0;
    for (const box of this.#outboxes.values()) size += box.items.size;
    return size;
  }

  /** For MemoryStore: the outboxes, and a write; how to undo it, if it can be lost. */
  write(store: MemoryStore, change: (outboxes: Map<ID, DiskOutbox>) => (() => void) | undefined): void {
    const undo = change(this.#outboxes);
    this.#lastWrite = undo && { store, undo };
  }

  /** For MemoryStore: lets go of what a page holds. */
  release(store: MemoryStore): void {
    for (const box of this.#outboxes.values()) if (box.holder === store) box.holder = undefined;
  }
}

/** One page's view of a MemoryDisk. */
export class MemoryStore implements OutboxStore {
  readonly #disk: MemoryDisk;

  constructor(disk: MemoryDisk = new MemoryDisk()) {
    this.#disk = disk;
  }

  async open(board: ID, person: ID, client: ID): Promise<void> {
    this.#disk.write(this, (outboxes) => {
      outboxes.set(client, { board, person, holder: this, items: new Map() });
      return undefined;
    });
  }

  async adopt(board: ID, person: ID): Promise<readonly StoredOutbox[]> {
    const found: StoredOutbox[] = [];
    this.#disk.write(this, (outboxes) => {
      for (const [client, box] of outboxes) {
        if (box.holder !== undefined || box.board !== board || box.person !== person) continue;
        if (box.items.size === 0) {
          outboxes.delete(client);
          continue;
        }
        box.holder = this;
        found.push({ client, seen: box.seen, items: [...box.items.values()].sort((a, b) => a.n - b.n) });
      }
      return undefined;
    });
    return found;
  }

  async put(client: ID, item: StoredOp): Promise<void> {
    this.#disk.write(this, (outboxes) => {
      const box = outboxes.get(client);
      const before = box?.items.get(item.n);
      box?.items.set(item.n, item);
      return () => {
        if (before === undefined) box?.items.delete(item.n);
        else box?.items.set(item.n, before);
      };
    });
  }

  async settle(client: ID, n: number, seen: Seen): Promise<void> {
    this.#disk.write(this, (outboxes) => {
      const box = outboxes.get(client);
      const gone = box?.items.get(n);
      if (box !== undefined) box.seen = seen;
      box?.items.delete(n);
      return () => {
        if (gone !== undefined) box?.items.set(n, gone);
      };
    });
  }

  async move(from: ID, gone: readonly number[], to: ID, items: readonly StoredOp[]): Promise<void> {
    this.#disk.write(this, (outboxes) => {
      const old = outboxes.get(from);
      if (old === undefined) return undefined;
      const kept = new Map(old.items);
      for (const n of gone) old.items.delete(n);
      outboxes.set(to, {
        board: old.board,
        person: old.person,
        holder: this,
        items: new Map(items.map((item) => [item.n, item])),
      });
      return () => {
        old.items = kept;
        outboxes.delete(to);
      };
    });
  }

  async drop(client: ID): Promise<void> {
    this.#disk.write(this, (outboxes) => {
      const box = outboxes.get(client);
      outboxes.delete(client);
      return () => {
        if (box !== undefined) outboxes.set(client, { ...box, holder: undefined });
      };
    });
  }

  close(): void {
    this.#disk.release(this);
  }
}
