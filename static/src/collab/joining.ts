// Joining: from the welcome until the replica has everything it needs to go on where it was.
import type { BoardRecord, ID, Seq } from "../board/record.ts";
import type { Ledger } from "./ledger.ts";
import type { Pending } from "./pending.ts";
import type { Mark, ServerMessage, Snapshot } from "./protocol.ts";

export type Arrived =
  | Extract<ServerMessage, { type: "entries" | "hole" | "digest" }>
  | { readonly type: "own"; readonly seq: Seq; readonly records: readonly BoardRecord[] };

/**
 * What has arrived since the welcome. Nothing of it is carried out before it is whole: the marks say which of the own
 * ops are decided, and only together with them can the pending ops be brought into place once.
 */
export class Joining {
  snapshot: Snapshot | undefined;
  readonly arrived: Arrived[] = [];
  readonly marks = new Map<ID, Mark>();
  /** Whether the outboxes of older pages have been looked for. */
  adopted = false;
  readonly #waiting = new Set<ID>();
  #own: boolean;
  #reach: Seq;

  /** seq is how far the replica already is; own says whether the own sealed records are still to come. */
  constructor(seq: Seq, own: boolean) {
    this.#reach = seq;
    this.#own = !own;
  }

  /** Waits for the marks of these clients, as far as they have not come yet. */
  expect(clients: Iterable<ID>): void {
    for (const client of clients) if (!this.marks.has(client)) this.#waiting.add(client);
  }

  takeSnapshot(snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.arrived.length = 0;
    this.#reach = snapshot.seq;
  }

  take(message: Arrived): void {
    this.arrived.push(message);
    if (message.type === "own") this.#own = true;
    if (message.type === "entries" || message.type === "hole")
      this.#reach = Math.max(this.#reach, message.to);
  }

  takeMark(mark: Mark): void {
    this.marks.set(mark.client, mark);
    this.#waiting.delete(mark.client);
  }

  /** Whether everything is here, up to where the marks were taken. */
  get whole(): boolean {
    if (!this.#own || !this.adopted || this.#waiting.size > 0) return false;
    return [...this.marks.values()].every((mark) => mark.seq <= this.#reach);
  }
}

/**
 * Carries out what has arrived: brings the confirmed board to where the server is, settles the own ops that are
 * decided, and takes back among the pending ones those that the log has lost. False when something is missing.
 */
export function carryOut(ledger: Ledger, joining: Joining, keep: (p: Pending) => void): boolean {
  const { snapshot, marks, arrived } = joining;
  let whole = true;
  const settle = (sealedOnly: boolean): void => {
    if (PLANTED === "mark-ignored") return;
    for (const mark of marks.values()) ledger.settleUnseen(mark.client, mark.n, mark.refused, sealedOnly);
  };
  for (const message of snapshot === undefined ? arrived : []) {
    if (message.type === "own") {
      ledger.refitting(() => {
        settle(true);
        ledger.takeOwn(message.records);
        settle(true);
      });
    } else if (message.type !== "digest") {
      const items = message.type === "entries" ? message.items : [];
      whole = ledger.takeEntries(message.from, message.to, message.batch, items) && whole;
    }
  }
  ledger.refitting(() => {
    if (snapshot !== undefined) ledger.takeSnapshot(snapshot);
    for (const message of snapshot === undefined ? [] : arrived) {
      if (message.type === "own") {
        ledger.takeOwn(message.records);
      } else if (message.type !== "digest") {
        const items = message.type === "entries" ? message.items : [];
        whole = ledger.replay(message.from, message.to, message.batch, items) && whole;
      }
    }
    settle(false);
    for (const mark of marks.values()) {
      for (const p of ledger.reopen(mark.client, mark.n + 1)) keep(p);
    }
  });
  return whole;
}
