// What crosses the wire. Whatever arrives is read into one of these messages, or a ProtocolError is thrown.
import type { Change, Entry } from "../board/change.ts";
import type { Op, Role } from "../board/op.ts";
import { type BoardRecord, type ID, isID, type Seq, type Time } from "../board/record.ts";

export const subprotocol = "waymark.v1";
export const protocolVersion = 1;

/** Bytes from the server that are not what the protocol says. */
export class ProtocolError extends Error {}

export interface Numbered {
  readonly n: number;
  readonly op: Op;
}

export type ClientMessage =
  | {
      readonly type: "hello";
      readonly token: string;
      readonly board: ID;
      readonly epoch: number;
      readonly seq: Seq;
      readonly batch: string;
      readonly protocol: number;
    }
  | { readonly type: "claim"; readonly client: ID; readonly secret?: string }
  | { readonly type: "ops"; readonly client: ID; readonly items: readonly Numbered[] }
  | { readonly type: "presence"; readonly [part: string]: unknown }
  | { readonly type: "digest"; readonly seq: Seq; readonly public: string }
  | { readonly type: "beat" };

export interface Snapshot {
  readonly at: Time;
  readonly batch: string;
  readonly board: ID;
  readonly epoch: number;
  readonly public: string;
  readonly records: readonly BoardRecord[];
  readonly seq: Seq;
}

export interface PersonItem {
  readonly id: ID;
  readonly name: string;
  readonly department: string;
  readonly color: string;
  readonly initials: string;
}

export interface Mark {
  readonly type: "mark";
  readonly client: ID;
  readonly n: number;
  readonly refused: readonly number[];
  /** The head of the board when the mark was taken. */
  readonly seq: Seq;
}

export interface PresenceItem {
  readonly session: string;
  readonly person?: ID;
  readonly gone?: boolean;
  readonly [part: string]: unknown;
}

export type ServerMessage =
  | {
      readonly type: "welcome";
      readonly session: string;
      readonly person: ID;
      readonly role: Role;
      readonly epoch: number;
      readonly seq: Seq;
      readonly now: Time;
      /** How many ops it takes at once. */
      readonly limits: { readonly opsBurst: number };
    }
  | { readonly type: "own"; readonly seq: Seq; readonly records: readonly BoardRecord[] }
  | { readonly type: "people"; readonly items: readonly PersonItem[] }
  | Mark
  | {
      readonly type: "entries";
      readonly from: Seq;
      readonly to: Seq;
      readonly batch: string;
      readonly items: readonly Entry[];
    }
  | { readonly type: "hole"; readonly from: Seq; readonly to: Seq; readonly batch: string }
  | { readonly type: "gap"; readonly client: ID; readonly n: number }
  | { readonly type: "busy"; readonly client: ID; readonly n: number; readonly retryMs: number }
  | { readonly type: "presence"; readonly items: readonly PresenceItem[] }
  | { readonly type: "digest"; readonly seq: Seq; readonly public: string }
  | { readonly type: "role"; readonly role: Role }
  | { readonly type: "reset"; readonly epoch: number }
  | { readonly type: "bye"; readonly code: number; readonly retryMs: number }
  | { readonly type: "beat"; readonly now: Time };

type Raw = { readonly [key: string]: unknown };

/** Reads one text frame: an array of messages. */
export function parseFrame(text: string): readonly ServerMessage[] {
  const frame = readJson(text);
  if (!Array.isArray(frame)) throw new ProtocolError("a frame is an array");
  return frame.map(parseMessage);
}

/** Reads the inflated bytes of the binary frame. */
export function parseSnapshot(text: string): Snapshot {
  const raw = object(readJson(text));
  return {
    at: integer(raw, "at"),
    batch: string(raw, "batch"),
    board: id(raw, "board"),
    epoch: integer(raw, "epoch"),
    public: string(raw, "public"),
    records: list(raw, "records").map(parseRecord),
    seq: integer(raw, "seq"),
  };
}

function parseMessage(value: unknown): ServerMessage {
  const raw = object(value);
  const type = raw.type;
  switch (type) {
    case "welcome":
      return {
        type,
        session: string(raw, "session"),
        person: id(raw, "person"),
        role: role(raw),
        epoch: integer(raw, "epoch"),
        seq: integer(raw, "seq"),
        now: integer(raw, "now"),
        limits: { opsBurst: integer(object(raw.limits), "opsBurst") },
      };
    case "own":
      return { type, seq: integer(raw, "seq"), records: list(raw, "records").map(parseRecord) };
    case "people":
      return { type, items: list(raw, "items").map(parsePerson) };
    case "mark":
      return {
        type,
        client: id(raw, "client"),
        n: integer(raw, "n"),
        refused: raw.refused === undefined ? [] : list(raw, "refused").map(whole),
        seq: integer(raw, "seq"),
      };
    case "entries":
      return { type, ...span(raw), items: list(raw, "items").map(parseEntry) };
    case "hole":
      return { type, ...span(raw) };
    case "gap":
      return { type, client: id(raw, "client"), n: integer(raw, "n") };
    case "busy":
      return { type, client: id(raw, "client"), n: integer(raw, "n"), retryMs: integer(raw, "retryMs") };
    case "presence":
      return { type, items: list(raw, "items").map(parsePresence) };
    case "digest":
      return { type, seq: integer(raw, "seq"), public: string(raw, "public") };
    case "role":
      return { type, role: role(raw) };
    case "reset":
      return { type, epoch: integer(raw, "epoch") };
    case "bye":
      return { type, code: integer(raw, "code"), retryMs: integer(raw, "retryMs") };
    case "beat":
      return { type, now: integer(raw, "now") };
    default:
      throw new ProtocolError(`unknown message ${String(type)}`);
  }
}

function span(raw: Raw): { from: Seq; to: Seq; batch: string } {
  return { from: integer(raw, "from"), to: integer(raw, "to"), batch: string(raw, "batch") };
}

/** Checks the frame of an entry; its changes are checked by verb and target only, for the server made them. */
function parseEntry(value: unknown): Entry {
  const raw = object(value);
  integer(raw, "at");
  integer(raw, "n");
  integer(raw, "seq");
  string(raw, "by");
  string(raw, "client");
  for (const change of list(raw, "changes")) parseChange(change);
  return raw as unknown as Entry;
}

function parseChange(value: unknown): Change {
  if (!Array.isArray(value) || typeof value[0] !== "string")
    throw new ProtocolError("a change begins with its verb");
  switch (value[0]) {
    case "put":
      parseRecord(value[1]);
      break;
    case "set":
      object(value[2]);
      break;
    case "text":
      if (typeof value[2] !== "string" || !Array.isArray(value[3]))
        throw new ProtocolError("a text change has a delta");
      break;
    default:
      break;
  }
  return value as unknown as Change;
}

function parseRecord(value: unknown): BoardRecord {
  const raw = object(value);
  id(raw, "id");
  string(raw, "kind");
  object(raw.fields);
  return raw as unknown as BoardRecord;
}

function parsePerson(value: unknown): PersonItem {
  const raw = object(value);
  return {
    id: id(raw, "id"),
    name: string(raw, "name"),
    department: string(raw, "department"),
    color: string(raw, "color"),
    initials: string(raw, "initials"),
  };
}

function parsePresence(value: unknown): PresenceItem {
  const raw = object(value);
  string(raw, "session");
  return raw as PresenceItem;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProtocolError("not JSON");
  }
}

function object(value: unknown): Raw {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ProtocolError("not an object");
  return value as Raw;
}

function list(raw: Raw, key: string): readonly unknown[] {
  const value = raw[key];
  if (!Array.isArray(value)) throw new ProtocolError(`${key} is not a list`);
  return value;
}

function string(raw: Raw, key: string): string {
  const value = raw[key];
  if (typeof value !== "string") throw new ProtocolError(`${key} is not a text`);
  return value;
}

function id(raw: Raw, key: string): ID {
  const value = raw[key];
  if (!isID(value)) throw new ProtocolError(`${key} is not an id`);
  return value;
}

function whole(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new ProtocolError("not a whole number");
  return value as number;
}

function integer(raw: Raw, key: string): number {
  return whole(raw[key]);
}

const roles: ReadonlySet<unknown> = new Set([
  "",
  "viewer",
  "commenter",
  "participant",
  "editor",
  "facilitator",
]);

function role(raw: Raw): Role {
  if (!roles.has(raw.role)) throw new ProtocolError("unknown role");
  return raw.role as Role;
}
