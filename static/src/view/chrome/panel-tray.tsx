// The tray: cards without a place. They are dragged into a cell from here, or go by their menu.
import { type ID, textField } from "../../board/record.ts";
import { dragCards } from "../map/drag-card.ts";
import { cardMenu } from "../map/menu-card.ts";
import type { MapView } from "../map/view.ts";
import { openMenu } from "../menu.ts";
import { toast } from "../notices.ts";
import { w } from "../words/index.ts";
import { PanelFrame } from "./panel-frame.tsx";
import { Icon } from "./parts.tsx";

export function TrayPanel({ view }: { readonly view: MapView }) {
  view.drawings.value;
  const cards = view.journey.tray;
  return (
    <PanelFrame view={view} title={w().tray.name} count={cards.length}>
      <p class="pnote">{cards.length === 0 ? w().tray.empty : w().tray.hint}</p>
      <ul class="plist tray" data-tray="">
        {cards.map((card) => (
          <li
            key={card.id}
            class="card"
            ref={(node) => keep(view, card.id, node)}
            onPointerDown={(event) => lift(view, card.id, event)}
          >
            <span class="grow">{textField(card, "text") || w().map.emptyCard}</span>
            <button
              type="button"
              class="ib sm"
              aria-haspopup="menu"
              aria-label={w().menu.of(textField(card, "text"))}
              onClick={(event) => openMenu(event.currentTarget, cardMenu(view, card), w().tray.card)}
            >
              <Icon name="ellipsis" size="m" />
            </button>
          </li>
        ))}
      </ul>
    </PanelFrame>
  );
}

function keep(view: MapView, id: ID, node: HTMLElement | null): void {
  if (node !== null) view.nodes.set(id, node);
  else if (view.nodes.get(id)?.closest(".tray") !== null) view.nodes.delete(id);
}

/** A drag that begins in the tray and ends on the map. Its row may leave the tray meanwhile: nothing hangs on it. */
function lift(view: MapView, id: ID, event: PointerEvent): void {
  if ((event.target as HTMLElement).closest("button") !== null || event.button !== 0) return;
  if (!view.rights.edit(view.record(id))) return;
  const { clientX, clientY, pointerId } = event;
  let gesture: ReturnType<typeof dragCards> | undefined;
  const over = new AbortController();
  const rest = (): void => {
    over.abort();
    undraw();
  };
  const stop = (): void => {
    rest();
    gesture?.cancel();
  };
  const undraw = view.onDraw(() => {
    if (view.rights.edit(view.record(id))) return;
    stop();
    if (gesture !== undefined) toast(view.record(id) === undefined ? w().refused.gone : w().refused.role);
  });
  const on = (name: "pointermove" | "pointerup" | "pointercancel", fn: (event: PointerEvent) => void): void =>
    addEventListener(name, (next) => next.pointerId === pointerId && fn(next), { signal: over.signal });
  on("pointermove", (next) => {
    if (next.buttons === 0) return stop(); // its end was heard by nobody
    if (gesture === undefined) {
      if (Math.hypot(next.clientX - clientX, next.clientY - clientY) < 4) return;
      document.body.setPointerCapture(pointerId);
      gesture = dragCards(view, id, clientX, clientY);
    }
    gesture.move(next.clientX, next.clientY);
  });
  on("pointerup", (next) => {
    rest();
    gesture?.drop(next);
  });
  on("pointercancel", stop);
  const key = (next: KeyboardEvent): void => {
    if (next.key !== "Escape" || gesture === undefined) return;
    next.stopPropagation();
    stop();
  };
  addEventListener("keydown", key, { capture: true, signal: over.signal });
}
