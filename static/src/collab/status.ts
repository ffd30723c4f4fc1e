// What the save badge and the notices may say.
import type { Board } from "../board/board.ts";
import type { Code, Op, Role } from "../board/op.ts";
import { boolField } from "../board/record.ts";

export type Status =
  /** The board has not arrived yet; late when it should have, blocked when the network seems to refuse WebSockets. */
  | { readonly kind: "opening"; readonly late: boolean; readonly blocked: boolean }
  /** Everything done here is in the server's log. */
  | { readonly kind: "saved" }
  | { readonly kind: "saving"; readonly pending: number }
  /** No server, or one that cannot save. kept: what is pending is on this device's disk, so the page may be closed. */
  | {
      readonly kind: "offline";
      readonly pending: number;
      readonly since: number;
      readonly kept: boolean;
      readonly blocked: boolean;
    }
  | { readonly kind: "readonly"; readonly why: ReadonlyReason }
  | { readonly kind: "closed"; readonly why: ClosedReason };

export type ReadonlyReason = "role" | "frozen" | "trashed" | "full";

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

/** A broken connection is spoken of only after this time. */
export const offlineAfter = 3_000;

/** When a change has waited so long for a server that is there, that server cannot save now. */
export const stalledAfter = 8_000;

export interface StatusFacts {
  readonly closed: ClosedReason | undefined;
  readonly loaded: boolean;
  readonly live: boolean;
  readonly downSince: number;
  readonly now: number;
  readonly pending: number;
  /** Since when the first of them has been the first. */
  readonly waitsSince: number;
  readonly kept: boolean;
  readonly blocked: boolean;
  readonly readonly: ReadonlyReason | undefined;
}

export function statusOf(facts: StatusFacts): Status {
  const { pending, blocked, kept, now } = facts;
  if (facts.closed !== undefined) return { kind: "closed", why: facts.closed };
  const away = !facts.live && (blocked || now - facts.downSince >= offlineAfter);
  if (!facts.loaded) return { kind: "opening", late: away, blocked };
  const stalled = pending > 0 && now - facts.waitsSince >= stalledAfter;
  if (away || stalled) {
    return { kind: "offline", pending, since: away ? facts.downSince : facts.waitsSince, kept, blocked };
  }
  if (pending > 0) return { kind: "saving", pending };
  if (facts.readonly !== undefined) return { kind: "readonly", why: facts.readonly };
  return { kind: "saved" };
}

/** Why a person may not edit now, if so. */
export function readonlyReason(board: Board, role: Role): ReadonlyReason | undefined {
  const map = board.ofKind("map")[0];
  if (boolField(map, "trashed")) return "trashed";
  if (role === "" || role === "viewer" || role === "commenter") return "role";
  return boolField(map, "frozen") && role !== "facilitator" ? "frozen" : undefined;
}

/** Whether an op may be asked for although the board may not be edited. */
export function passes(op: Op, why: ReadonlyReason, role: Role): boolean {
  switch (why) {
    case "trashed":
      return op.type === "untrash";
    case "role":
      return op.type === "removeMember" || (op.type === "vote" && role === "commenter");
    case "frozen":
      return op.type === "removeMember" || op.type === "vote";
    case "full":
      return false;
    default:
      return why satisfies never;
  }
}
