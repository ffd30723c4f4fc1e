// Records that the log has lost, and that whoever made them may be sending again.
import type { Op } from "../board/op.ts";
import type { ID } from "../board/record.ts";
import type { Pending } from "./pending.ts";

/** How long an op waits for the records that it names: their author may be on the way back to a server. */
const patience = 60_000;

export class Absent {
  readonly #until = new Map<ID, number>();
  readonly #isThere: (id: ID) => boolean;

  constructor(isThere: (id: ID) => boolean) {
    this.#isThere = isThere;
  }

  /** Notes a record that was on the board before a reset and is not behind it. */
  lose(id: ID, now: number): void {
    this.#until.set(id, now + patience);
  }

  /** For a line of ops, each in its turn: until when it is to wait for others; 0 = it need not. */
  begin(now: number): (p: Pending) => number {
    for (const [id, until] of this.#until) if (until <= now || this.#isThere(id)) this.#until.delete(id);
    if (this.#until.size === 0) return () => 0;
    const made = new Set<string>();
    return (p) => {
      const own = madeBy(p.op);
      if (own !== undefined) made.add(own);
      let wait = 0;
      for (const name of p.names) {
        if (!made.has(name)) wait = Math.max(wait, this.#until.get(name as ID) ?? 0);
      }
      return wait;
    };
  }
}

/** The record that an op makes. */
function madeBy(op: Op): ID | undefined {
  const makes = op.type.startsWith("add") || op.type === "openBallot";
  return makes && "id" in op ? (op.id as ID) : undefined;
}
