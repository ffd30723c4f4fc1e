// The islands at the bottom: tools, panels, zoom, minimap.
import { useEffect, useRef, useState } from "preact/hooks";
import { MinimapPainter } from "../map/minimap.ts";
import type { MapView, Panel, Tool } from "../map/view.ts";
import { minimap, shade } from "../settings.ts";
import { w } from "../words/index.ts";
import { Icon } from "./parts.tsx";

/** A press on a tool leaves the focus on the board, where the keys are; the keyboard may still walk to it. */
function keepFocus(view: MapView): (event: MouseEvent) => void {
  return (event) => {
    event.preventDefault();
    view.editor.end();
  };
}

export function Tools({ view }: { readonly view: MapView }) {
  view.drawings.value;
  const tool = (name: Tool, icon: string, label: string, key: string) => (
    <button
      type="button"
      class="tool"
      aria-pressed={view.tool.value === name}
      aria-label={label}
      title={`${label} (${key})`}
      onClick={() => {
        view.tool.value = view.tool.value === name && name !== "select" ? "select" : name;
      }}
    >
      <Icon name={icon} size="l" />
    </button>
  );
  const panel = (name: Panel, icon: string, label: string, count: number) => (
    <button
      type="button"
      class="tool"
      aria-expanded={view.panel.value === name}
      aria-label={count > 0 ? `${label}, ${count}` : label}
      title={label}
      data-tray={name === "tray" ? "" : undefined}
      onClick={() => {
        view.panel.value = view.panel.value === name ? undefined : name;
        if (name === "moments") view.moment.value = undefined;
      }}
    >
      <Icon name={icon} size="l" />
      {count > 0 ? <span class="n">{count}</span> : null}
    </button>
  );
  const { rights, journey } = view;
  return (
    <div class="isl isl-bc" role="toolbar" aria-label={w().tool.tools} onMouseDown={keepFocus(view)}>
      {tool("select", "mouse-pointer-2", w().tool.select, "V")}
      {tool("hand", "hand", w().tool.hand, "H")}
      <span class="v" />
      {rights.add ? tool("sticky", "sticky-note", w().tool.sticky, "N") : null}
      {rights.add ? (
        <>
          <button
            type="button"
            class="tool"
            aria-label={w().tool.undo}
            title={`${w().tool.undo} (${w().key.ctrl} Z)`}
            onClick={() => view.verbs.undo()}
          >
            <Icon name="undo-2" size="l" />
          </button>
          <button
            type="button"
            class="tool"
            aria-label={w().deleted.redo}
            title={`${w().deleted.redo} (${w().key.ctrl} ${w().key.shift} Z)`}
            onClick={() => view.verbs.redo()}
          >
            <Icon name="redo-2" size="l" />
          </button>
          <span class="v" />
        </>
      ) : null}
      {panel("moments", "diamond", w().tool.moments, journey.moments.length)}
      {panel("outline", "list-tree", w().tool.outline, 0)}
      {panel("tray", "inbox", w().tool.tray, journey.tray.length)}
      {panel("deleted", "archive-restore", w().tool.deleted, 0)}
    </div>
  );
}

export function Zoom({ view }: { readonly view: MapView }) {
  const [zoom, setZoom] = useState(view.camera.zoom);
  useEffect(() => {
    const read = (): void => setZoom(Math.round(view.camera.zoom * 100) / 100);
    read(); // it may have moved since this was drawn
    return view.camera.onMove(read);
  }, [view]);
  return (
    <div class="isl isl-br" role="group" aria-label={w().help.zoom} onMouseDown={keepFocus(view)}>
      <button
        type="button"
        class="ib"
        aria-label={w().tool.zoomOut}
        onClick={() => view.camera.zoomBy(1 / 1.2)}
      >
        <Icon name="minus" size="m" />
      </button>
      <button
        type="button"
        class="z"
        aria-label={`${w().tool.zoomTo100}, ${Math.round(zoom * 100)} %`}
        onClick={() => view.camera.zoomBy(1 / view.camera.zoom)}
      >
        {Math.round(zoom * 100)}&#8239;%
      </button>
      <button type="button" class="ib" aria-label={w().tool.zoomIn} onClick={() => view.camera.zoomBy(1.2)}>
        <Icon name="plus" size="m" />
      </button>
      <span class="v" />
      <button
        type="button"
        class="ib"
        aria-label={w().tool.fit}
        title={w().tool.fit}
        onClick={() => view.fit(true)}
      >
        <Icon name="maximize" size="m" />
      </button>
    </div>
  );
}

/**
 * The whole map in small; a press goes there. Where it would cover the map it shows only while the view moves or the
 * pointer is at the zoom. For the eye only: the keyboard has fit and the grid.
 */
export function Minimap({ view }: { readonly view: MapView }) {
  const ref = useRef<HTMLCanvasElement>(null);
  const painter = useRef<MinimapPainter | undefined>(undefined);
  useEffect(() => {
    const canvas = ref.current;
    if (canvas === null) return;
    const mini = canvas.parentElement as HTMLElement;
    const paints = new MinimapPainter(canvas, view);
    painter.current = paints;
    let frame = 0;
    let rest: ReturnType<typeof setTimeout> | undefined;
    let stale = true;
    const draw = (): void => {
      frame = 0;
      if (stale) paints.paint();
      else paints.window();
      if (stale) mini.classList.toggle("covering", performance.now() < quiet || paints.covers());
      stale = false;
    };
    const later = (): void => {
      if (frame === 0) frame = requestAnimationFrame(draw);
    };
    // A change is painted within half a second: whoever types draws with every letter.
    let soon: ReturnType<typeof setTimeout> | undefined;
    const changed = (): void => {
      soon ??= setTimeout(() => {
        soon = undefined;
        stale = true;
        later();
      }, 400);
    };
    // The board's own first moves are no reason to show it.
    const quiet = performance.now() + 800;
    const moved = (): void => {
      later();
      if (performance.now() < quiet) return;
      mini.classList.add("moving");
      clearTimeout(rest);
      rest = setTimeout(() => {
        mini.classList.toggle("covering", paints.covers());
        mini.classList.remove("moving");
      }, 1200);
      later();
    };
    const stops = [
      view.camera.onMove(moved),
      view.onDraw(changed),
      view.geometry.onChange(changed),
      shade.subscribe(changed),
    ];
    stale = true;
    later();
    const calm = setTimeout(changed, 800);
    return () => {
      clearTimeout(calm);
      cancelAnimationFrame(frame);
      clearTimeout(rest);
      clearTimeout(soon);
      for (const stop of stops) stop();
    };
  }, [view, minimap.value]);
  if (!minimap.value) return null;
  const go = (event: PointerEvent): void => {
    const at = painter.current?.point(event.clientX, event.clientY);
    if (event.buttons === 0 || at === undefined) return;
    const { camera } = view;
    camera.glide(camera.width / 2 - at.x * camera.zoom, camera.height / 2 - at.y * camera.zoom, camera.zoom);
  };
  return (
    <div class="mini covering" aria-hidden="true">
      <canvas ref={ref} width={372} height={208} onPointerDown={go} onPointerMove={go} />
    </div>
  );
}
