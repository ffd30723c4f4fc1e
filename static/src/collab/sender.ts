// What leaves when: in order, not too much at once, and one text op per field.
import type { ID, Seq } from "../board/record.ts";
import type { Absent } from "./absent.ts";
import type { Clock } from "./clock.ts";
import type { Pending, PendingQueue } from "./pending.ts";
import type { ClientMessage, Numbered } from "./protocol.ts";

const mostUnderWay = 64;
const mostBytes = 128 << 10;

export interface SenderOptions {
  readonly queue: PendingQueue;
  readonly absent: Absent;
  readonly clock: Clock;
  readonly send: (messages: readonly ClientMessage[]) => void;
  /** The seq of the text that text ops are made against. */
  readonly base: () => Seq;
}

export class Sender {
  /** Send each op only when the one before has been answered. */
  oneByOne = false;
  /** How many ops the server takes at once; it says itself when the rest may come. */
  atOnce = mostUnderWay;
  readonly #options: SenderOptions;
  /** Clients whose mark has come on this connection: only their ops may leave. */
  readonly #ready = new Set<ID>();
  #pausedUntil = 0;
  #callOff: () => void = () => {};

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** The connection is gone: what is not acknowledged is sent again on the next one. */
  disconnected(): void {
    this.#ready.clear();
    this.#pausedUntil = 0;
    this.#callOff();
    if (PLANTED === "no-resend") return;
    for (const p of this.#options.queue.list) p.sent = false;
  }

  /** A client's mark has come. */
  open(client: ID): void {
    this.#ready.add(client);
  }

  /** This client's ops wait for another mark; what was sent of them was dropped. */
  shut(client: ID): void {
    this.#ready.delete(client);
    for (const p of this.#options.queue.of(client)) p.sent = false;
  }

  isOpen(client: ID): boolean {
    return this.#ready.has(client);
  }

  /** The server dropped this client's ops from n on: they are sent again after the pause. */
  again(client: ID, n: number, retryMs: number): void {
    for (const p of this.#options.queue.of(client)) if (p.n >= n) p.sent = false;
    if (retryMs > 0) this.#pausedUntil = Math.max(this.#pausedUntil, this.#options.clock.now() + retryMs);
  }

  close(): void {
    this.#callOff();
  }

  /** Sends whatever may leave now, and comes back when the rest may. */
  pump(): void {
    const { queue, clock } = this.#options;
    this.#callOff();
    if (this.#ready.size === 0) return;
    const now = clock.now();
    if (now < this.#pausedUntil) {
      this.#wakeAt(this.#pausedUntil);
      return;
    }
    if (queue.size === 0) this.oneByOne = false;
    const most = this.oneByOne ? 1 : Math.min(mostUnderWay, this.atOnce);
    let underWay = 0;
    const fields = new Set<string>();
    const leaving: Pending[] = [];
    const last = queue.list.at(-1);
    const waits = this.#options.absent.begin(now);
    for (const p of queue.list) {
      const until = waits(p);
      const field = p.op.type === "text" ? `${p.op.id} ${p.op.field}` : undefined;
      if (!p.sent) {
        if (underWay >= most || !this.#ready.has(p.client)) break;
        if (until > 0) {
          this.#wakeAt(until);
          break;
        }
        if (field !== undefined) {
          if (fields.has(field)) break;
          if (p === last && p.holdUntil > now) {
            this.#wakeAt(p.holdUntil);
            break;
          }
        }
        p.sent = true;
        p.frozen = true;
        leaving.push(p);
      }
      underWay++;
      if (field !== undefined) fields.add(field);
    }
    this.#send(leaving);
  }

  #wakeAt(time: number): void {
    this.#callOff();
    this.#callOff = this.#options.clock.after(Math.max(0, time - this.#options.clock.now()), () =>
      this.pump(),
    );
  }

  /** Packs ops into messages, one per run of ops of one client, and those into frames of bearable size. */
  #send(leaving: readonly Pending[]): void {
    let messages: { type: "ops"; client: ID; items: Numbered[] }[] = [];
    let bytes = 0;
    for (const p of leaving) {
      if (bytes > 0 && bytes + p.bytes > mostBytes) {
        this.#options.send(messages);
        messages = [];
        bytes = 0;
      }
      bytes += p.bytes;
      const op = p.op.type === "text" ? { ...p.op, base: this.#options.base() } : p.op;
      const open = messages.at(-1);
      if (open?.client === p.client) open.items.push({ n: p.n, op });
      else messages.push({ type: "ops", client: p.client, items: [{ n: p.n, op }] });
    }
    this.#options.send(messages);
  }
}
