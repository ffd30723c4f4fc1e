// Safari tells of a pinch on a trackpad in events of its own.
import type { Camera } from "./camera.ts";

/** Zooms by them while `free` says that nothing else is under way. */
export function onTrackpad(stage: HTMLElement, camera: Camera, free: () => boolean): void {
  let from = 1;
  const on = (name: string, fn: (event: MouseEvent & { readonly scale?: number }) => void): void =>
    stage.addEventListener(
      name,
      (event) => {
        event.preventDefault();
        if (free()) fn(event as MouseEvent);
      },
      { passive: false },
    );
  on("gesturestart", () => {
    from = camera.zoom;
  });
  on("gesturechange", (event) => {
    const rect = stage.getBoundingClientRect();
    camera.zoomAt(event.clientX - rect.left, event.clientY - rect.top, from * (event.scale ?? 1));
  });
}
