// A board: records by id, with the lists that drawing needs. Only apply.ts changes one.
import { addSum, recordSum, type Sum, subtractSum, sumText, zeroSum } from "./digest.ts";
import { adoptionID, type BoardRecord, type ID, type Seq, type Time } from "./record.ts";
import { parentFields } from "./schema.ts";

const none: readonly BoardRecord[] = [];

/** The list of all live records of a kind, and the list of those with one parent. */
function listKeys(record: BoardRecord): readonly string[] {
  const fields = parentFields(record.kind);
  if (fields.length === 0) return [record.kind];
  return [
    record.kind,
    listKey(
      record.kind,
      fields.map((field) => String(record.fields[field] ?? "")),
    ),
  ];
}

function listKey(kind: string, parents: readonly string[]): string {
  return `${kind}|${parents.join("|")}`;
}

function compareRecords(a: BoardRecord, b: BoardRecord): number {
  const left = String(a.fields.rank ?? "");
  const right = String(b.fields.rank ?? "");
  if (left !== right) return left < right ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/**
 * A board, or a draft over one: a layer of changed records through which the board below shows.
 * Lists keep their identity until something in them changes, so `===` tells whether to draw them again.
 */
export class Board {
  readonly id: ID;
  seq: Seq = 0;
  epoch = 0;
  at: Time = 0;
  /** Set when an entry held a verb this program does not know: nothing after it may be applied. */
  stopped = false;

  readonly #below: Board | undefined;
  readonly #records = new Map<ID, BoardRecord | undefined>();
  readonly #members = new Map<string, Set<ID>>();
  readonly #lists = new Map<string, KnownList>();
  readonly #sums = new Map<ID, Sum>();
  readonly #unsummed = new Set<ID>();
  #sum = zeroSum;

  constructor(id: ID, below?: Board) {
    this.id = id;
    this.#below = below;
    if (below === undefined) return;
    this.seq = below.seq;
    this.epoch = below.epoch;
    this.at = below.at;
  }

  /** A layer over this board. The board may go on changing below it. */
  draft(): Board {
    return new Board(this.id, this);
  }

  /** The record with an id, deleted ones too. */
  record(id: ID): BoardRecord | undefined {
    return this.#records.has(id) ? this.#records.get(id) : this.#below?.record(id);
  }

  /** The record with an id, unless it is deleted. */
  live(id: ID): BoardRecord | undefined {
    const record = this.record(id);
    return record?.deleted === undefined ? record : undefined;
  }

  /** Whether author is the person, or a guest whom the person's account has adopted. */
  is(author: ID | "", person: ID): boolean {
    if (author === person) return true;
    return author !== "" && this.live(adoptionID(author))?.fields.account === person;
  }

  /** Every live record of a kind, by rank and id. */
  ofKind(kind: string): readonly BoardRecord[] {
    return this.#list(kind);
  }

  /** The live records of a kind with this parent (a card has two: lane and step), by rank and id. */
  children(kind: string, ...parents: readonly string[]): readonly BoardRecord[] {
    return this.#list(parents.length === 0 ? kind : listKey(kind, parents));
  }

  /** Every record, deleted ones too, in no order. */
  *all(): IterableIterator<BoardRecord> {
    for (const record of this.#records.values()) if (record !== undefined) yield record;
    if (this.#below === undefined) return;
    for (const record of this.#below.all()) if (!this.#records.has(record.id)) yield record;
  }

  /** The digest over the public records, as the server states it. */
  publicDigest(): string {
    if (this.#below !== undefined) throw new Error("a draft has no digest");
    for (const id of this.#unsummed) {
      const before = this.#sums.get(id);
      if (before !== undefined) this.#sum = subtractSum(this.#sum, before);
      const record = this.#records.get(id);
      if (record === undefined || record.only !== undefined) {
        this.#sums.delete(id);
        continue;
      }
      const after = recordSum(record as never);
      this.#sums.set(id, after);
      this.#sum = addSum(this.#sum, after);
    }
    this.#unsummed.clear();
    return sumText(this.#sum);
  }

  /** Puts a record in the place of the one with its id. */
  store(record: BoardRecord): void {
    this.#unlist(this.record(record.id));
    this.#records.set(record.id, record);
    if (record.deleted === undefined) {
      for (const key of listKeys(record)) this.#touch(key, record.id).add(record.id);
    }
    if (this.#below === undefined) this.#unsummed.add(record.id);
  }

  /** Removes a record for good. */
  purge(id: ID): void {
    this.#unlist(this.record(id));
    if (this.#below === undefined) this.#records.delete(id);
    else this.#records.set(id, undefined);
    if (this.#below === undefined) this.#unsummed.add(id);
  }

  #unlist(record: BoardRecord | undefined): void {
    if (record === undefined || record.deleted !== undefined) return;
    for (const key of listKeys(record)) this.#touch(key, record.id).delete(record.id);
  }

  /** The ids this layer adds to a list. The list is brought up to date when it is next read. */
  #touch(key: string, id: ID): Set<ID> {
    this.#lists.get(key)?.stale.add(id);
    let ids = this.#members.get(key);
    if (ids === undefined) {
      ids = new Set();
      this.#members.set(key, ids);
    }
    return ids;
  }

  #list(key: string): readonly BoardRecord[] {
    const below = this.#below === undefined ? none : this.#below.#list(key);
    const known = this.#lists.get(key);
    if (known?.below === below && known.stale.size === 0) return known.list;
    const ids = this.#members.get(key);
    const few = known !== undefined && known.below === below && known.stale.size <= fewStale;
    const list = few ? this.#mended(known, ids ?? noIDs) : this.#made(below, ids ?? noIDs);
    this.#lists.set(key, { below, list, stale: new Set() });
    return list;
  }

  #made(below: readonly BoardRecord[], ids: ReadonlySet<ID>): readonly BoardRecord[] {
    const kept = this.#records.size === 0 ? below : below.filter((record) => !this.#records.has(record.id));
    if (ids.size === 0) return kept.length === below.length ? below : kept;
    return [...kept, ...this.#found(ids)].sort(compareRecords);
  }

  #found(ids: Iterable<ID>): readonly BoardRecord[] {
    const found: BoardRecord[] = [];
    for (const id of ids) {
      const record = this.#records.get(id);
      if (record !== undefined) found.push(record);
    }
    return found;
  }

  /** A long list in which little has changed is not sorted anew. */
  #mended(known: KnownList, ids: ReadonlySet<ID>): readonly BoardRecord[] {
    const list = known.list.filter((record) => !known.stale.has(record.id));
    for (const record of this.#found([...known.stale].filter((id) => ids.has(id)))) {
      let low = 0;
      let high = list.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (compareRecords(list[middle] ?? record, record) < 0) low = middle + 1;
        else high = middle;
      }
      list.splice(low, 0, record);
    }
    return list;
  }
}

interface KnownList {
  readonly below: readonly BoardRecord[];
  readonly list: readonly BoardRecord[];
  /** What has changed in it since it was made. */
  readonly stale: Set<ID>;
}

const fewStale = 16;
const noIDs: ReadonlySet<ID> = new Set();
