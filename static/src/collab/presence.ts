// What sessions show each other now. Nothing of it is stored.
import type { ID } from "../board/record.ts";

/** A place over the map, in parts of a thousand of a cell, or elsewhere in tenths of a board pixel. */
export type Place =
  | { readonly lane: ID; readonly step: ID; readonly fx: number; readonly fy: number }
  | { readonly x: number; readonly y: number };

export interface Presence {
  readonly at?: Place | null;
  readonly selection?: readonly ID[] | null;
  readonly typing?: { readonly id: ID; readonly field: string } | null;
  readonly drag?: ({ readonly id: ID } & Place) | null;
}

/** Another session on this board. */
export interface Peer {
  readonly session: string;
  readonly person: ID;
  readonly at?: Place;
  readonly selection?: readonly ID[];
  readonly typing?: { readonly id: ID; readonly field: string };
  readonly drag?: { readonly id: ID } & Place;
  /** When it was last heard, by this computer's clock. */
  readonly heard: number;
}
