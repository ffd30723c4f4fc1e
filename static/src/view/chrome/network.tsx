// The same chip where pages are drawn by components.
import { encrypted } from "../network.ts";
import { w } from "../words/index.ts";
import { Icon } from "./parts.tsx";

export function NetworkChip() {
  return encrypted ? null : (
    <span class="chip flat open-net" title={w().network.openHint}>
      <Icon name="lock-open" size="s" />
      {w().network.open}
    </span>
  );
}
