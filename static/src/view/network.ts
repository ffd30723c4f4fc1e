// What the network does: whether others on it can read along, and whether it reaches the server at all.
import { under } from "./assets.ts";
import { el, icon } from "./dom.ts";
import { w } from "./words/index.ts";

/**
 * Says in the chrome of a page that others can read along. Nothing when there is nothing to say: pages come over HTTPS
 * or from this computer itself, and anything else travels for all to read.
 */
export function networkChip(): Node | "" {
  return isSecureContext ? "" : el("span", "chip flat", {}, icon("lock-open", "s"), w().network.open);
}

/** Whether anything answers at the server's address within 5 s. */
export async function answers(): Promise<boolean> {
  try {
    return (await fetch(under("healthz"), { cache: "no-store", signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}
