// Who is signed in here, and every call to the server's API. Tokens live in memory; the cookie renews them.
import { signal } from "@preact/signals-core";
import type { ID } from "../board/record.ts";
import { under } from "./assets.ts";
import { lang } from "./words/index.ts";

export interface Me {
  readonly id: string;
  readonly name: string;
  readonly department: string;
  readonly color: string;
  readonly initials: string;
  readonly lang: string;
  readonly admin: boolean;
  readonly guest: boolean;
  /** The name that an account signs in by; "" while it has no password, and of a guest. */
  readonly login: string;
  /** A guest who may make an account of it. */
  readonly mayRegister?: boolean;
}

/** What the token-making calls answer. */
export interface Signed {
  readonly person: Me;
  readonly access: string;
  readonly socket: string;
  readonly expires: number;
  readonly board?: string;
  /** The guest of this browser who is this account from now on. */
  readonly adopted?: string;
}

/** What the server says when it refuses; the texts are in the person's language. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const me = signal<Me | undefined>(undefined);

let access = "";
let socket = "";
let expires = 0;
let renewing: Promise<boolean> | undefined;

function take(signed: Signed): void {
  access = signed.access;
  socket = signed.socket;
  // The server's clock may differ from ours: count from now, and renew a minute early.
  expires = Date.now() + Math.max(60_000, Math.min(signed.expires - Date.now(), 600_000)) - 60_000;
  me.value = signed.person;
  if (signed.adopted === undefined) return;
  try {
    localStorage.setItem(`waymark.was.${signed.adopted}`, signed.person.id);
  } catch {
    // Storage is blocked: then no page keeps an outbox either.
  }
}

/** Whom somebody who was signed in here has become. */
export function became(person: ID): ID {
  try {
    return (localStorage.getItem(`waymark.was.${person}`) ?? person) as ID;
  } catch {
    return person;
  }
}

async function send(path: string, method: string, body: unknown, token: string): Promise<Response> {
  const headers: Record<string, string> = { "X-Waymark": "1", "Accept-Language": lang.value };
  if (token !== "") headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  return fetch(under(`api/${path}`), {
    method,
    headers,
    credentials: "same-origin",
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
}

async function refusal(response: Response): Promise<Refusal> {
  try {
    const { code = "", message, kept, next } = (await response.json()) as { readonly [part: string]: string };
    // Whether anything of a file arrived is a question; in a form it is none.
    const words = [message, code.startsWith("import") && kept, next];
    return new Refusal(response.status, code, words.filter(Boolean).join(" "));
  } catch {
    return new Refusal(response.status, "", "");
  }
}

/** Trades the cookie for tokens. False when nobody is signed in here; throws when the server does not answer. */
export function renew(): Promise<boolean> {
  renewing ??= (async () => {
    try {
      const once = async (): Promise<boolean> => {
        const response = await send("refresh", "POST", {}, "");
        if (response.status === 204 || response.status === 401 || response.status === 403) {
          me.value = undefined;
          access = "";
          return false;
        }
        if (!response.ok && response.status !== 401) throw await refusal(response);
        take((await response.json()) as Signed);
        return true;
      };
      // Tabs take turns, so that two do not trade the same cookie.
      return await ("locks" in navigator ? navigator.locks.request("waymark-renew", once) : once());
    } finally {
      renewing = undefined;
    }
  })();
  return renewing;
}

/** A call as the person who is signed in; renews the token when it is due. A body that is text is JSON already. */
export async function call<T>(path: string, method = "GET", body?: unknown): Promise<T> {
  if (access === "" || Date.now() > expires) await renew();
  let response = await send(path, method, body, access);
  if (response.status === 401 && (await renew())) response = await send(path, method, body, access);
  if (!response.ok) throw await refusal(response);
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** A call that needs nobody signed in. */
export async function open<T>(path: string, body: unknown): Promise<T> {
  const response = await send(path, "POST", body, "");
  if (!response.ok) throw await refusal(response);
  return (await response.json()) as T;
}

/** A question that needs nobody signed in. */
export async function ask<T>(path: string): Promise<T> {
  const response = await send(path, "GET", undefined, "");
  if (!response.ok) throw await refusal(response);
  return (await response.json()) as T;
}

/** A call that signs someone in. */
export async function signWith(path: string, body: unknown): Promise<Signed> {
  const signed = await open<Signed>(path, body);
  take(signed);
  return signed;
}

/** The token a socket opens with; fresh enough to be taken. */
export async function socketToken(): Promise<string> {
  if (socket === "" || Date.now() > expires) await renew();
  return socket;
}

export async function signOut(): Promise<void> {
  const response = await send("signout", "POST", {}, access);
  if (!response.ok) throw await refusal(response);
  me.value = undefined;
  access = "";
  socket = "";
}

/** What to tell someone whose call failed: the server's words, or that it does not answer. */
export function sayWhy(error: unknown, otherwise: string): string {
  return error instanceof Refusal && error.message !== "" ? error.message : otherwise;
}
