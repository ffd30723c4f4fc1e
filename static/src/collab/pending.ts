// The ops that wait for their acknowledgement, in the order they leave.
import type { ChangeText, Op } from "../board/op.ts";
import { type ID, isID } from "../board/record.ts";
import {
  applyDelta,
  composeDelta,
  type Delta,
  diffText,
  invertDelta,
  transformDelta,
} from "../board/text.ts";
import type { StoredOp } from "./outbox.ts";

export interface Pending {
  client: ID;
  n: number;
  /** Of a text op: against the confirmed text and the earlier text ops of this field; the base is set on sending. */
  op: Op;
  /** Of a text op: the text its delta is made against. */
  before: string;
  readonly label: string;
  /** The step of undo it belongs to; 0 = none. */
  readonly gesture: number;
  /** When it was asked for, by this computer's clock. */
  readonly at: number;
  /** Every id the op names. */
  readonly names: ReadonlySet<string>;
  /** Handed to the connection that is up now. */
  sent: boolean;
  /** Handed to some connection once: it may be in the log, so it never grows. */
  frozen: boolean;
  /** Asked for once more after a refusal whose reason got lost. */
  asked: boolean;
  /** It stands for an op of an older page that is not known here, and does nothing. */
  readonly blank: boolean;
  /** A text op that may still grow need not leave before this time. */
  holdUntil: number;
  bytes: number;
}

export function newPending(
  client: ID,
  n: number,
  op: Op,
  more: {
    before?: string;
    label?: string;
    gesture?: number;
    at: number;
    holdUntil?: number;
    blank?: boolean;
  },
): Pending {
  return {
    client,
    n,
    op,
    before: more.before ?? "",
    label: more.label ?? "",
    gesture: more.gesture ?? 0,
    at: more.at,
    names: new Set(idsIn(op)),
    sent: false,
    frozen: false,
    asked: false,
    blank: more.blank ?? false,
    holdUntil: more.holdUntil ?? 0,
    bytes: sizeOf(op, more.before),
  };
}

/**
 * Ops under the numbers from n to below end. None does anything, for there is no such card: if the ops that had these
 * numbers are in the log these are dropped, and if the log has lost them what comes behind can be decided.
 */
export function newBlanks(client: ID, n: number, end: number, at: number): readonly Pending[] {
  const op: Op = { type: "delete", id: `card-${client.slice("client-".length)}` as ID };
  return Array.from({ length: end - n }, (_, i) => newPending(client, n + i, op, { at, blank: true }));
}

export function storedForm(p: Pending): StoredOp {
  return p.op.type === "text" ? { n: p.n, op: p.op, before: p.before } : { n: p.n, op: p.op };
}

/** Every id that stands anywhere in an op. */
function* idsIn(value: unknown): IterableIterator<string> {
  if (typeof value === "string") {
    if (isID(value)) yield value;
  } else if (Array.isArray(value)) {
    for (const part of value) yield* idsIn(part);
  } else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) yield* idsIn(part);
  }
}

function sizeOf(op: Op, before = ""): number {
  return JSON.stringify(op).length + before.length + 40;
}

export type TextPending = Pending & { op: ChangeText };

function isText(p: Pending): p is TextPending {
  return p.op.type === "text";
}

export class PendingQueue {
  #items: Pending[] = [];
  #total = 0;

  get list(): readonly Pending[] {
    return this.#items;
  }

  get size(): number {
    return this.#items.length;
  }

  /** What an outbox with all of it would take. */
  get bytes(): number {
    return this.#total;
  }

  find(client: ID | "", n: number): Pending | undefined {
    return this.#items.find((p) => p.n === n && p.client === client);
  }

  of(client: ID): readonly Pending[] {
    return this.#items.filter((p) => p.client === client);
  }

  clients(): ReadonlySet<ID> {
    return new Set(this.#items.map((p) => p.client));
  }

  push(p: Pending): void {
    this.#items.push(p);
    this.#total += p.bytes;
  }

  /** Puts ops that were acknowledged once back to the front: the log has lost them. */
  pushFront(items: readonly Pending[]): void {
    this.#items = [...items, ...this.#items];
    for (const p of items) this.#total += p.bytes;
  }

  remove(gone: Pending): void {
    const at = this.#items.indexOf(gone);
    if (at < 0) return;
    this.#items.splice(at, 1);
    this.#total -= gone.bytes;
  }

  clear(): void {
    this.#items = [];
    this.#total = 0;
  }

  /** Gives ops new numbers under another client; their order stays. */
  renumber(items: readonly Pending[], client: ID): void {
    items.forEach((p, i) => {
      p.client = client;
      p.n = i + 1;
      p.sent = false;
      p.frozen = false;
    });
  }

  /** The text ops of one field, in order. */
  texts(id: ID, field: string): readonly TextPending[] {
    return this.#items.filter(isText).filter((p) => p.op.id === id && p.op.field === field);
  }

  /** The text op of this client that typing in a field may still be added to. */
  growing(client: ID, id: ID, field: string): TextPending | undefined {
    for (let i = this.#items.length - 1; i >= 0; i--) {
      const p = this.#items[i];
      if (p === undefined || !p.names.has(id)) continue;
      const grows = isText(p) && p.op.field === field && p.client === client;
      return grows && (!p.frozen || PLANTED === "sent-text-grows") ? p : undefined;
    }
    return undefined;
  }

  grow(p: TextPending, delta: Delta): void {
    this.#total -= p.bytes;
    p.op = { ...p.op, delta: composeDelta(p.op.delta, delta) };
    p.bytes = sizeOf(p.op, p.before);
    this.#total += p.bytes;
  }

  /**
   * Carries the text ops of a field, from the one given on, over a change of the text below them. What is returned
   * is the change as it reaches the text on top, the one that is seen.
   */
  carry(id: ID, field: string, delta: Delta, from?: Pending): Delta {
    let change = delta;
    const chain = this.texts(id, field);
    const start = from === undefined ? 0 : chain.indexOf(from as TextPending) + 1;
    if (PLANTED === "text-not-transformed") return change;
    for (const p of chain.slice(start)) {
      const own = p.op.delta;
      p.before = applyDelta(p.before, change) ?? p.before;
      p.op = { ...p.op, delta: transformDelta(own, change, "right") };
      change = transformDelta(change, own, "left");
    }
    return change;
  }

  /** Removes a text op that will not come to pass; what is returned is the change this makes to the text seen. */
  takeOut(p: TextPending): Delta {
    const back = invertDelta(p.op.delta, p.before) ?? [];
    const change = this.carry(p.op.id, p.op.field, back, p);
    this.remove(p);
    return change;
  }

  /** Removes a text op that came to pass otherwise than expected, as `real`. */
  replace(p: TextPending, real: Delta): Delta {
    const expected = applyDelta(p.before, p.op.delta) ?? p.before;
    const actual = applyDelta(p.before, real) ?? p.before;
    const change = this.carry(p.op.id, p.op.field, diffText(expected, actual), p);
    this.remove(p);
    return change;
  }

  /** Makes a text op fit the text it now stands on, and returns the text it makes of it. */
  refit(p: TextPending, text: string): string {
    if (p.before !== text && PLANTED !== "text-not-refitted") {
      p.op = { ...p.op, delta: transformDelta(p.op.delta, diffText(p.before, text), "right") };
      p.before = text;
    }
    return applyDelta(text, p.op.delta) ?? text;
  }
}
