// Whether others on the network can read along. The browser knows it best: no proxy can hide it.
import { el, icon } from "./dom.ts";
import { w } from "./words/index.ts";

/** Pages come over HTTPS, or from this computer itself: anything else travels for all to read. */
export const encrypted = window.isSecureContext;

/** Says so in the chrome of a page; nothing when there is nothing to say. */
export function networkChip(): HTMLElement | undefined {
  if (encrypted) return undefined;
  return el(
    "span",
    "chip flat open-net",
    { title: w().network.openHint },
    icon("lock-open", "s"),
    w().network.open,
  );
}
