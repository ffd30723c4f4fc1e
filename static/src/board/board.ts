// A board: records by id, with the lists that drawing needs. Only apply.ts changes one.
import { addSum, recordSum, type Sum, subtractSum, sumText, zeroSum } from "./digest.ts";
import type { BoardRecord, ID, Seq, Time } from "./record.ts";
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

  private readonly below: Board | undefined;
  private readonly records = new Map<ID, BoardRecord | undefined>();
  private readonly members = new Map<string, Set<ID>>();
  private readonly lists = new Map<string, { below: readonly BoardRecord[]; list: readonly BoardRecord[] }>();
  private readonly sums = new Map<ID, Sum>();
  private readonly unsummed = new Set<ID>();
  private sum = zeroSum;

  constructor(id: ID, below?: Board) {
    this.id = id;
    this.below = below;
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
    return this.records.has(id) ? this.records.get(id) : this.below?.record(id);
  }

  /** The record with an id, unless it is deleted. */
  live(id: ID): BoardRecord | undefined {
    const record = this.record(id);
    return record?.deleted === undefined ? record : undefined;
  }

  /** Every live record of a kind, by rank and id. */
  ofKind(kind: string): readonly BoardRecord[] {
    return this.list(kind);
  }

  /** The live records of a kind with this parent (a card has two: lane and step), by rank and id. */
  children(kind: string, ...parents: readonly string[]): readonly BoardRecord[] {
    return this.list(parents.length === 0 ? kind : listKey(kind, parents));
  }

  /** Every record, deleted ones too, in no order. */
  *all(): IterableIterator<BoardRecord> {
    for (const record of this.records.values()) if (record !== undefined) yield record;
    if (this.below === undefined) return;
    for (const record of this.below.all()) if (!this.records.has(record.id)) yield record;
  }

  /** The digest over the public records, as the server states it. */
  publicDigest(): string {
    if (this.below !== undefined) throw new Error("a draft has no digest");
    for (const id of this.unsummed) {
      const before = this.sums.get(id);
      if (before !== undefined) this.sum = subtractSum(this.sum, before);
      const record = this.records.get(id);
      if (record === undefined || record.only !== undefined) {
        this.sums.delete(id);
        continue;
      }
      const after = recordSum(record as never);
      this.sums.set(id, after);
      this.sum = addSum(this.sum, after);
    }
    this.unsummed.clear();
    return sumText(this.sum);
  }

  /** Puts a record in the place of the one with its id. */
  store(record: BoardRecord): void {
    this.unlist(this.record(record.id));
    this.records.set(record.id, record);
    if (record.deleted === undefined) {
      for (const key of listKeys(record)) {
        this.touch(key).add(record.id);
      }
    }
    if (this.below === undefined) this.unsummed.add(record.id);
  }

  /** Removes a record for good. */
  purge(id: ID): void {
    this.unlist(this.record(id));
    if (this.below === undefined) this.records.delete(id);
    else this.records.set(id, undefined);
    if (this.below === undefined) this.unsummed.add(id);
  }

  private unlist(record: BoardRecord | undefined): void {
    if (record === undefined || record.deleted !== undefined) return;
    for (const key of listKeys(record)) this.touch(key).delete(record.id);
  }

  /** The ids this layer adds to a list; the list is made anew when it is next read. */
  private touch(key: string): Set<ID> {
    this.lists.delete(key);
    let ids = this.members.get(key);
    if (ids === undefined) {
      ids = new Set();
      this.members.set(key, ids);
    }
    return ids;
  }

  private list(key: string): readonly BoardRecord[] {
    const below = this.below?.list(key) ?? none;
    const ids = this.members.get(key);
    if (ids === undefined) return below;
    const known = this.lists.get(key);
    if (known !== undefined && known.below === below) return known.list;
    const list = below.filter((record) => !this.records.has(record.id));
    for (const id of ids) {
      const record = this.records.get(id);
      if (record !== undefined) list.push(record);
    }
    list.sort(compareRecords);
    this.lists.set(key, { below, list });
    return list;
  }
}
