// What the save badge and the notices may say.
import type { Code, Op } from "../board/op.ts";

export type Status =
  /** The board has not arrived yet; blocked when the network seems to refuse WebSockets. */
  | { readonly kind: "opening"; readonly blocked: boolean }
  /** Everything done here is in the server's log. */
  | { readonly kind: "saved" }
  | { readonly kind: "saving"; readonly pending: number }
  /** No server. kept: what is pending is on this device's disk, so the page may be closed. */
  | {
      readonly kind: "offline";
      readonly pending: number;
      readonly since: number;
      readonly kept: boolean;
      readonly blocked: boolean;
    }
  | { readonly kind: "readonly"; readonly why: "role" | "frozen" | "trashed" | "full" }
  | { readonly kind: "closed"; readonly why: ClosedReason };

/** Why a replica does not come back by itself. */
export type ClosedReason = "closed" | "bad" | "signin" | "revoked" | "gone" | "superseded" | "update";

export type Notice =
  /** An own op that the server did not take; code is "" where the answer was lost and only the fact is known. */
  | { readonly kind: "refused"; readonly code: Code | ""; readonly op: Op; readonly label: string }
  /** The board was loaded anew; what was pending is pending still. */
  | { readonly kind: "reset" }
  /** Undo or redo left out what others have changed since. */
  | { readonly kind: "kept"; readonly label: string }
  /** The outbox is full: nothing more is taken until the server answers. */
  | { readonly kind: "full" };
