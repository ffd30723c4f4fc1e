// The panel at the right: one at a time, closed by default.
import { useLayoutEffect } from "preact/hooks";
import type { MapView } from "../map/view.ts";
import { DeletedPanel } from "./panel-deleted.tsx";
import { MomentsPanel } from "./panel-moments.tsx";
import { OutlinePanel } from "./panel-outline.tsx";
import { TrayPanel } from "./panel-tray.tsx";

export function Panels({ view }: { readonly view: MapView }) {
  const open = view.panel.value !== undefined;
  // The map makes room: the stage ends where the panel begins.
  useLayoutEffect(() => {
    view.stage.closest(".board")?.classList.toggle("with-panel", open);
  }, [view, open]);
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
