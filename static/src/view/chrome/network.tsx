// The same chip where pages are drawn by components.
import { w } from "../words/index.ts";
import { Icon } from "./parts.tsx";

export function NetworkChip() {
  return isSecureContext ? null : (
    <span class="chip flat" title={w().share.openNetwork}>
      <Icon name="lock-open" size="s" />
      {w().network.open}
    </span>
  );
}
