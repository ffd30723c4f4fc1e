// What a person is told: toasts to see, one polite status line to hear. The line merges what happens within 4 s.
import { signal } from "@preact/signals-core";

export interface Toast {
  readonly key: number;
  readonly text: string;
  readonly action?: string;
  readonly run?: () => void;
  readonly bad?: boolean;
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

const waiting: string[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let lastSaid = 0;

function region(urgent: boolean): HTMLElement {
  const id = urgent ? "said-now" : "said";
  const known = document.getElementById(id);
  if (known !== null) return known;
  const made = document.createElement("div");
  made.id = id;
  made.className = "vh";
  made.setAttribute("role", urgent ? "alert" : "status");
  document.body.append(made);
  return made;
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
