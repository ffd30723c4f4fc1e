// What a person is told: toasts to see, one polite status line to hear. The line merges what happens within 4 s.
import { signal } from "@preact/signals-core";

export interface Toast {
  readonly key: number;
  readonly text: string;
  readonly action?: string;
  readonly run?: () => void;
  readonly bad?: boolean;
  /** Whether what it offers has been done by other means. */
  readonly stale?: () => boolean;
}

export const toasts = signal<readonly Toast[]>([]);
let keys = 0;

/** Shows a toast for a while; one with an action stays longer. */
export function toast(text: string, more: Omit<Toast, "key" | "text"> = {}): void {
  const key = ++keys;
  toasts.value = [...toasts.value.filter((old) => old.text !== text).slice(-2), { key, text, ...more }];
  setTimeout(() => dismiss(key), more.action === undefined ? 5000 : 9000);
  announce(text, more.bad === true);
}

export function dismiss(key: number): void {
  toasts.value = toasts.value.filter((one) => one.key !== key);
}

/** Takes away what is offered for nothing; whoever draws a board calls it. */
export function sweepToasts(): void {
  for (const one of toasts.value) if (one.stale?.() === true) dismiss(one.key);
}

const waiting: string[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let lastSaid = 0;

const placed: HTMLElement[] = [];

/** Puts what notices are shown or said in where it is seen and heard. */
export function keepNotice<T extends HTMLElement>(node: T): T {
  placed.push(node);
  placeNotices();
  return node;
}

/** While a dialog is open, all behind it is covered and mute: notices move into it, and out before it goes. */
export function placeNotices(leaving?: HTMLElement): void {
  const open = [...document.querySelectorAll("dialog[open]")].filter((one) => one !== leaving).at(-1);
  const host = open ?? document.body;
  for (const node of placed) if (node.parentNode !== host) host.append(node);
}

const regions = new Map<boolean, HTMLElement>();

function region(urgent: boolean): HTMLElement {
  let node = regions.get(urgent);
  if (node === undefined) {
    node = document.createElement("div");
    node.id = urgent ? "said-now" : "said";
    node.className = "vh";
    node.setAttribute("role", urgent ? "alert" : "status");
    regions.set(urgent, keepNotice(node));
  }
  return node;
}

/** Says something to those who listen. Urgent things are said at once, the rest at most every 4 s. */
export function announce(text: string, urgent = false): void {
  if (urgent) {
    region(true).textContent = text;
    return;
  }
  waiting.push(text);
  if (timer !== undefined) return;
  const wait = Math.max(60, lastSaid + 4000 - Date.now());
  timer = setTimeout(() => {
    timer = undefined;
    lastSaid = Date.now();
    region(false).textContent = sentences(waiting.splice(0).slice(-3));
  }, wait);
}

/** Several sayings as one text, each with one stop at its end. */
export function sentences(said: readonly string[]): string {
  return said.map((one) => (/[.!?…]$/.test(one) ? one : `${one}.`)).join(" ");
}

/** Makes the regions before anything is said in them, or it would not be heard. */
export function prepareNotices(): void {
  region(false);
  region(true);
}
