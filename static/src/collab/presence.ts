// What sessions show each other now. Nothing of it is stored.
import { type ID, isID } from "../board/record.ts";
import type { Clock } from "./clock.ts";
import type { ClientMessage, PresenceItem } from "./protocol.ts";

/** A place over the map, in parts of a thousand of a cell, or elsewhere in tenths of a board pixel. */
export type Place =
  | { readonly lane: ID; readonly step: ID; readonly fx: number; readonly fy: number }
  | { readonly x: number; readonly y: number };

/** What is dragged, and where it would land. With `size` it stays: x and y are its new width and height, or the cell is the last that it spans. */
export type Drag = { readonly id: ID; readonly size?: true } & Place;

/** What is shown of oneself. What is left out stays as it was; null takes it away. */
export interface Presence {
  readonly at?: Place | null;
  readonly selection?: readonly ID[] | null;
  readonly typing?: { readonly id: ID; readonly field: string } | null;
  readonly drag?: Drag | null;
}

/** Another session on this board. */
export interface Peer {
  readonly session: string;
  readonly person: ID;
  readonly at?: Place;
  readonly selection?: readonly ID[];
  readonly typing?: { readonly id: ID; readonly field: string };
  readonly drag?: Drag;
  /** When it was last heard, by this computer's clock. */
  readonly heard: number;
}

const every = 50;
const mostSelected = 50;

/** Sends what is shown of oneself: at most 20 times a second, the newest only. */
export class Shown {
  #state: { [part: string]: unknown } = {};
  #changed = false;
  #lastSent = Number.NEGATIVE_INFINITY;
  #callOff: (() => void) | undefined;
  readonly #clock: Clock;
  /** Sends it, or says that there is no connection now. */
  readonly #send: (message: ClientMessage) => boolean;

  constructor(clock: Clock, send: (message: ClientMessage) => boolean) {
    this.#clock = clock;
    this.#send = send;
  }

  show(presence: Presence): void {
    const next: { [part: string]: unknown } = { ...this.#state };
    for (const [part, value] of Object.entries(presence)) {
      if (value === null || value === undefined) delete next[part];
      else next[part] = part === "selection" ? (value as readonly ID[]).slice(0, mostSelected) : value;
    }
    if (JSON.stringify(next) === JSON.stringify(this.#state)) return;
    this.#state = next;
    this.#changed = true;
    this.#plan();
  }

  /** A connection is up: others there know nothing of this session yet. */
  again(): void {
    this.#changed = Object.keys(this.#state).length > 0;
    this.#plan();
  }

  close(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }

  #plan(): void {
    if (!this.#changed) return;
    this.#callOff?.();
    this.#callOff = undefined;
    const due = this.#lastSent + every - this.#clock.now();
    if (due > 0) this.#callOff = this.#clock.after(due, () => this.#flush());
    else this.#flush();
  }

  #flush(): void {
    if (!this.#changed || !this.#send({ ...this.#state, type: "presence" })) return;
    this.#changed = false;
    this.#lastSent = this.#clock.now();
  }
}

/** The others. */
export class Peers {
  readonly bySession = new Map<string, Peer>();

  /** Takes what the server says of sessions; true when something changed. */
  take(items: readonly PresenceItem[], own: string, now: number): boolean {
    let changed = false;
    for (const item of items) {
      if (item.session === own) continue;
      if (item.gone === true) {
        changed = this.bySession.delete(item.session) || changed;
        continue;
      }
      const person = isID(item.person) ? item.person : this.bySession.get(item.session)?.person;
      if (person === undefined) continue;
      this.bySession.set(item.session, {
        ...(item as object),
        session: item.session,
        person,
        heard: now,
      } as Peer);
      changed = true;
    }
    return changed;
  }
}
