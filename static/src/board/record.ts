// Records: everything a board is made of.
import type { ID, Json, Seq, Time } from "./schema.gen.ts";
import { fieldSpec } from "./schema.ts";

export type { ID, Rank, Seq, Time } from "./schema.gen.ts";

export type Fields = { readonly [field: string]: Json };

/** One stored thing. It is never changed in place: a change makes a new one, so `===` tells whether it changed. */
export interface BoardRecord {
  readonly at: Time;
  readonly by: ID;
  readonly deleted?: { readonly at: Time; readonly seq: Seq };
  readonly fields: Fields;
  readonly id: ID;
  readonly kind: string;
  /** The one person who may see it; absent means everyone. */
  readonly only?: ID;
}

const idForm = /^[a-z]+-[A-Za-z0-9_-]{1,198}$/;

export function isID(text: unknown): text is ID {
  return typeof text === "string" && text.length <= 200 && idForm.test(text);
}

/** Takes a text known to be an id. */
export function asID(text: string): ID {
  if (!isID(text)) throw new RangeError(`not an id: ${text}`);
  return text;
}

/** What stands before the first hyphen: the kind of the record named. */
export function kindOf(id: ID): string {
  return id.slice(0, id.indexOf("-"));
}

/** What stands behind the first hyphen. */
export function suffixOf(id: ID): string {
  return id.slice(id.indexOf("-") + 1);
}

// The ids that follow from other ids, so that two who make the same thing at once make one.

export function memberID(person: ID): ID {
  return `member-${suffixOf(person)}` as ID;
}

export function adoptionID(guest: ID): ID {
  return `adoption-${suffixOf(guest)}` as ID;
}

export function emotionID(step: ID, persona: ID): ID {
  return `emotion-${suffixOf(step)}-${suffixOf(persona)}` as ID;
}

export function voteID(ballot: ID, person: ID): ID {
  return `vote-${suffixOf(ballot)}-${suffixOf(person)}` as ID;
}

export function lockID(target: ID): ID {
  return `lock-${target}` as ID;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** A new id of 96 random bits. `random` fills the bytes it is given. */
export function newID(kind: string, random: (bytes: Uint8Array<ArrayBuffer>) => void): ID {
  const bytes = new Uint8Array(16);
  random(bytes);
  let suffix = "";
  for (const byte of bytes) suffix += alphabet[byte & 63] ?? "";
  return `${kind}-${suffix}` as ID;
}

/** The text of a field. */
export function textField(record: BoardRecord | undefined, field: string): string {
  const value = read(record, field);
  return typeof value === "string" ? value : "";
}

/** The number in a field. */
export function numberField(record: BoardRecord | undefined, field: string, fallback = 0): number {
  const value = read(record, field);
  return typeof value === "number" ? value : fallback;
}

/** Whether a switch is on. */
export function boolField(record: BoardRecord | undefined, field: string, fallback = false): boolean {
  const value = read(record, field);
  return typeof value === "boolean" ? value : fallback;
}

/** The id in a field, "" for none. */
export function refField(record: BoardRecord | undefined, field: string): ID | "" {
  const value = read(record, field);
  return isID(value) ? value : "";
}

/** What a field holds, its default when nothing is stored; undefined for a field nobody knows. */
function read(record: BoardRecord | undefined, field: string): Json | undefined {
  if (record === undefined) return undefined;
  return record.fields[field] ?? fieldSpec(record.kind, field)?.default;
}
