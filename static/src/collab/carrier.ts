// What a replica asks of whatever carries its ops away and brings entries in.
import type { Role } from "../board/op.ts";
import type { ID } from "../board/record.ts";
import type { Peers, Presence } from "./presence.ts";
import type { Person } from "./replica.ts";
import type { ClosedReason } from "./status.ts";

export interface CarrierEvents {
  /** Something the page shows may have changed. */
  touched(): void;
  peersChanged(): void;
  /** The board was loaded anew in place of one that was here. */
  reloaded(): void;
}

export interface Carrier {
  readonly me: { readonly person: ID; readonly role: Role; readonly session: string };
  readonly people: ReadonlyMap<ID, Person>;
  readonly peers: Peers;
  readonly live: boolean;
  readonly closed: ClosedReason | undefined;
  readonly downSince: number;
  readonly clockOffset: number;
  readonly reloads: number;
  readonly blocked: boolean;
  start(): void;
  stop(): void;
  wake(slept: boolean): void;
  /** The browser has no network. */
  cut(): void;
  /** Sends what may leave now. */
  pump(): void;
  show(presence: Presence): void;
}
