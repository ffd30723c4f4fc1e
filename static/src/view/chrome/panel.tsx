// The panel at the right: one at a time, closed by default.
import type { MapView } from "../map/view.ts";
import { DeletedPanel } from "./panel-deleted.tsx";
import { MomentsPanel } from "./panel-moments.tsx";
import { OutlinePanel } from "./panel-outline.tsx";
import { TrayPanel } from "./panel-tray.tsx";

export function Panels({ view }: { readonly view: MapView }) {
  switch (view.panel.value) {
    case "moments":
      return <MomentsPanel view={view} />;
    case "outline":
      return <OutlinePanel view={view} />;
    case "deleted":
      return <DeletedPanel view={view} />;
    case "tray":
      return <TrayPanel view={view} />;
    default:
      return null;
  }
}
