// The browser's copy of one board: what is confirmed, and on top of it what waits for its acknowledgement.
import type { Board } from "../board/board.ts";
import type { Op, Role } from "../board/op.ts";
import type { ID } from "../board/record.ts";
import type { Delta } from "../board/text.ts";
import { BoardReplica } from "./board-replica.ts";
import { browserBytes, browserClock, type Clock, type Random } from "./clock.ts";
import { browserConnector, browserInflate, type Connector, type Inflate } from "./link.ts";
import type { OutboxStore } from "./outbox.ts";
import type { Peer, Presence } from "./presence.ts";
import { subprotocol } from "./protocol.ts";
import type { Notice, Status } from "./status.ts";
import type { Field } from "./undo.ts";

export interface Person {
  readonly id: ID;
  readonly name: string;
  readonly department: string;
  readonly color: string;
  readonly initials: string;
}

/** One text field while somebody edits it here. */
export interface TextHandle {
  /** The text as it stands in this browser: own letters at once, others' as they arrive. */
  readonly text: string;
  /** Changes the text. False when it cannot be: the record is gone, the text would be too long, the board is read-only. */
  change(delta: Delta): boolean;
  /** Calls fn with every change that did not come through this handle, in order. Move the caret by it (movePoint). */
  onRemote(fn: (delta: Delta) => void): void;
  /** Ends editing: what is unsent leaves, and the next typing is another step of undo. */
  close(): void;
}

export type UndoOutcome = "done" | "nothing" | "partly";

export interface Replica {
  /** What to draw: confirmed with every pending op that still applies. Read it anew after each onChange. */
  readonly board: Board;
  readonly me: { readonly person: ID; readonly role: Role; readonly session: string };
  readonly people: ReadonlyMap<ID, Person>;
  readonly status: Status;
  /** Makes a new id of a kind for a record to be added. */
  newID(kind: string): ID;
  /** Asks for ops; together they are one gesture, one step of undo. False when not all of them were taken. */
  propose(ops: readonly Op[], label?: string): boolean;
  editText(id: ID, field: string): TextHandle;
  /** Takes back the newest own gesture; with a field, only if it is typing in that field. */
  undo(within?: Field): UndoOutcome;
  redo(within?: Field): UndoOutcome;
  /** The newest own gesture that can be taken back; 0 when there is none. */
  readonly gesture: number;
  /** Whether anything was taken back that can be done again. */
  readonly undone: boolean;
  /** Takes back one own gesture, also when others came after it; typing only by undo. */
  undoGesture(gesture: number): UndoOutcome;
  /** Shows others the own cursor, selection, drag or typing; what is left out stays, null takes it away. */
  show(presence: Presence): void;
  /** The others, by session. */
  readonly peers: ReadonlyMap<string, Peer>;
  /** The server's time by this computer's clock. */
  now(): number;
  /** Once per frame with the ids of the records that changed. */
  onChange(fn: (changed: ReadonlySet<ID>) => void): () => void;
  onStatus(fn: (status: Status) => void): () => void;
  onPeers(fn: () => void): () => void;
  onNotice(fn: (notice: Notice) => void): () => void;
  /** For tests and the badge: how far the confirmed board is, what waits, its digest, how often it was loaded anew. */
  readonly figures: {
    readonly seq: number;
    readonly pending: number;
    readonly digest: string;
    readonly reloads: number;
  };
  /** Does not wait for the timer. The network or the page came back; or, not slept, somebody uses the page again. */
  wake(slept?: boolean): void;
  /** The browser has no network any more: whatever connection there is counts as lost. */
  cut(): void;
  close(): void;
}

/** Everything a replica needs from outside. */
export interface ReplicaOptions {
  readonly board: ID;
  readonly socketUrl: string;
  /** The socket token; fresh asks for a newer one than the last. Throw SignedOut when nobody is signed in. */
  readonly token: (fresh: boolean) => Promise<string>;
  /** Whether anything answers at the server's address. */
  readonly reachable?: () => Promise<boolean>;
  readonly store: OutboxStore;
  readonly connect: Connector;
  readonly inflate: Inflate;
  readonly clock: Clock;
  readonly random: Random;
  readonly bytes: (bytes: Uint8Array<ArrayBuffer>) => void;
}

type Needed = "board" | "socketUrl" | "token" | "store";

/** Opens a board and keeps it up to date until it is closed. What is not given is the browser's own. */
export function openReplica(options: Pick<ReplicaOptions, Needed> & Partial<ReplicaOptions>): Replica {
  const replica = new BoardReplica({
    connect: browserConnector(subprotocol),
    inflate: browserInflate,
    clock: browserClock,
    random: Math.random,
    bytes: browserBytes,
    ...options,
  });
  if (typeof document !== "undefined") {
    const wake = (): void => {
      if (document.visibilityState === "visible") replica.wake();
    };
    const use = (): void => replica.wake(false);
    const cut = (): void => replica.cut();
    addEventListener("online", wake);
    addEventListener("offline", cut);
    addEventListener("focus", use);
    document.addEventListener("visibilitychange", wake);
    replica.onClose(() => {
      removeEventListener("focus", use);
      removeEventListener("online", wake);
      removeEventListener("offline", cut);
      document.removeEventListener("visibilitychange", wake);
    });
  }
  return replica;
}
