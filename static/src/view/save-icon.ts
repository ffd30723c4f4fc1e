// The icon beside the word that says where the work is.
import type { Status } from "../collab/status.ts";

const icons: { readonly [kind in Status["kind"]]?: string } = {
  saved: "check",
  offline: "cloud-off",
  readonly: "eye",
  closed: "circle-alert",
};

/** Whatever is under way turns. */
export function saveIcon(kind: Status["kind"]): string {
  return icons[kind] ?? "loader-circle";
}
