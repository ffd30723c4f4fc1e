import { newID } from "../../board/record.ts";
import { under } from "../assets.ts";
import { toast } from "../notices.ts";
import { call, sayWhy } from "../session.ts";
import type { Picture } from "../thumb.ts";
import { lang, w } from "../words/index.ts";

export interface Listed {
  readonly id: string;
  readonly title: string;
  readonly role: string;
  readonly changedAt: number;
  readonly changedBy: string;
  readonly live: number;
  readonly trashedAt?: number;
  readonly phases: number;
  readonly steps: number;
  readonly cards: number;
  readonly moments: number;
  readonly curve: readonly { readonly value: number | null }[];
  readonly picture?: Picture;
}

export interface Template {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly phases: number;
  readonly steps: number;
}

/** Runs a call, says what came of it and offers to take it back, and loads the list anew. */
export type Act = (
  what: () => Promise<unknown>,
  said?: string,
  undo?: () => Promise<unknown>,
) => Promise<void>;

export function boardURL(id: string): string {
  return under(`b/${id}`);
}

export function fresh(): string {
  return newID("board", (bytes) => crypto.getRandomValues(bytes));
}

let making = false;

export async function create(template: string): Promise<void> {
  if (making) return; // a second press means the same board
  making = true;
  try {
    const id = fresh();
    await call("boards", "POST", { id, template, lang: lang.value });
    location.assign(boardURL(id));
  } catch (error) {
    making = false;
    toast(sayWhy(error, w().sign.failed), { bad: true });
  }
}

export async function importFile(file: File): Promise<void> {
  try {
    const id = fresh();
    // As it stands: what is damaged or doubled in it is the server's to see and to say.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    await call("boards/import", "POST", `{"id":"${id}","board":${text}}`);
    location.assign(boardURL(id));
  } catch (error) {
    toast(sayWhy(error, w().home.importFailed), { bad: true });
  }
}
