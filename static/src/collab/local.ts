// A replica without a server: what is asked for is confirmed at once, and nothing is kept. For building and testing the
// view. Everything but the carrier is the replica that ships.

import type { Role } from "../board/op.ts";
import { predict } from "../board/predict.ts";
import { asID, type BoardRecord } from "../board/record.ts";
import { BoardReplica } from "./board-replica.ts";
import type { Carrier, CarrierEvents } from "./carrier.ts";
import { browserBytes, browserClock } from "./clock.ts";
import type { Ledger } from "./ledger.ts";
import { MemoryStore } from "./outbox.ts";
import { Peers } from "./presence.ts";
import type { Replica } from "./replica.ts";

/** Confirms every op as the changes it is predicted to make. */
class Loopback implements Carrier {
  readonly me: Carrier["me"];
  readonly people = new Map();
  readonly peers = new Peers();
  readonly live = true;
  readonly downSince = 0;
  readonly clockOffset = 0;
  readonly reloads = 0;
  readonly blocked = false;
  closed: Carrier["closed"];
  readonly #ledger: Ledger;
  readonly #events: CarrierEvents;
  readonly #records: readonly BoardRecord[];

  constructor(ledger: Ledger, events: CarrierEvents, records: readonly BoardRecord[], role: Role) {
    this.#ledger = ledger;
    this.#events = events;
    this.#records = records;
    this.me = { person: asID("person-me"), role, session: "session-me" };
  }

  start(): void {
    const { confirmed } = this.#ledger;
    const head = { at: Date.now(), batch: "batch-1", board: confirmed.id, epoch: 1, public: "", seq: 1 };
    this.#ledger.takeSnapshot({ ...head, records: this.#records });
    this.#ledger.refitting(() => {});
    this.#events.touched();
  }

  pump(): void {
    for (const p of [...this.#ledger.queue.list]) {
      const { client, n, at } = p;
      const changes = predict(this.#ledger.confirmed, p.op, this.me, at);
      const seq = this.#ledger.confirmed.seq + 1;
      const part = typeof changes === "string" ? { changes: [], refused: changes } : { changes };
      const entry = { at, by: this.me.person, client, n, seq, ...part };
      this.#ledger.takeEntries(seq, seq, `batch-${seq}`, [entry]);
    }
  }

  stop(): void {
    this.closed = "closed";
  }

  wake(): void {}

  cut(): void {}

  show(): void {}
}

export function openLocalReplica(records: readonly BoardRecord[], role: Role = "facilitator"): Replica {
  return new BoardReplica(
    {
      board: asID("board-local"),
      socketUrl: "",
      token: async () => "",
      store: new MemoryStore(),
      connect: () => ({ send: () => {}, close: () => {} }),
      inflate: () => "",
      clock: browserClock,
      random: Math.random,
      bytes: browserBytes,
    },
    (_options, ledger, _outgoing, events) => new Loopback(ledger, events, records, role),
  );
}
