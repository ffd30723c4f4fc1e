// Whether others on the network can read along. The browser knows it best: no proxy can hide it.
import { el, icon } from "./dom.ts";
import { w } from "./words/index.ts";

/**
 * Says so in the chrome of a page; nothing when there is nothing to say: pages come over HTTPS or from this computer
 * itself, and anything else travels for all to read.
 */
export function networkChip(): Node | "" {
  return isSecureContext ? "" : el("span", "chip flat", {}, icon("lock-open", "s"), w().network.open);
}
