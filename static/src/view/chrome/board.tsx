// A board with its chrome: islands, panels, dialogs, toasts round the map.
import { type Signal, signal } from "@preact/signals";
import { render } from "preact";
import { type ID, textField } from "../../board/record.ts";
import type { Replica } from "../../collab/replica.ts";
import type { ClosedReason, Notice, Status } from "../../collab/status.ts";
import { el } from "../dom.ts";
import { HoverCard } from "../map/hover.ts";
import { Keyboard } from "../map/keyboard.ts";
import { listenForPaste } from "../map/paste.ts";
import { Pointer } from "../map/pointer.ts";
import { PresenceLayer } from "../map/presence.ts";
import { listenForPrint } from "../map/print.ts";
import { mountCellPlus, SelectionToolbar } from "../map/toolbar.ts";
import { MapView } from "../map/view.ts";
import { announce, prepareNotices, toast } from "../notices.ts";
import { tellRefused } from "../refused.ts";
import { lang, w } from "../words/index.ts";
import { AccountDialogs, unsent } from "./account.tsx";
import { Dialogs } from "./dialogs.tsx";
import { followWidth } from "./narrow.ts";
import { Panels } from "./panel.tsx";
import { People } from "./people.tsx";
import { StatusBanner } from "./save-badge.tsx";
import { Title } from "./title.tsx";
import { Minimap, Tools, Zoom } from "./tools.tsx";

/** Draws a board into the page until it is closed. */
export function mountBoard(
  host: HTMLElement,
  replica: Replica,
  refused: (why: ClosedReason) => void,
): { view: MapView; close: () => void } {
  prepareNotices();
  host.replaceChildren();
  host.className = "board";
  const skip = el("div");
  const before = el("section", "chrome");
  const stage = el("main", "boardmain");
  const after = el("section", "chrome");
  host.append(skip, before, stage, after);
  const view = new MapView(stage, replica);
  const pointer = new Pointer(view);
  new Keyboard(view, pointer, host);
  new PresenceLayer(view);
  new SelectionToolbar(view);
  new HoverCard(view);
  mountCellPlus(view);
  const unlisten = [listenForPaste(view), listenForPrint(view, host), followWidth()];
  const status = signal<Status>(replica.status);
  const stops = [
    replica.onStatus((next) => {
      status.value = next;
      unsent.value = "pending" in next ? next.pending : 0;
      // Nothing was ever shown: an empty board with its tools would only mislead.
      const never = view.journey.map === undefined;
      if (next.kind !== "closed" || !never || !["revoked", "gone"].includes(next.why)) return;
      close();
      refused(next.why);
    }),
    replica.onNotice((notice) => tell(notice)),
    view.selection.onChange((ids) => replica.show({ selection: [...ids].slice(0, 50) })),
    view.onDraw(() => expose(host, view, status.value)),
    replica.onStatus(() => expose(host, view, status.value)),
    followOthers(view),
    followRole(view),
  ];
  expose(host, view, status.value);
  const name = (): void => {
    before.setAttribute("aria-label", w().kind.map);
    after.setAttribute("aria-label", w().tool.tools);
  };
  const unname = lang.subscribe(name);
  render(<Skips view={view} />, skip);
  render(
    <>
      <Title view={view} status={status} />
      <People view={view} />
      <Banner view={view} status={status} />
    </>,
    before,
  );
  render(
    <>
      <Tools view={view} />
      <Zoom view={view} />
      <Minimap view={view} />
      <Panels view={view} />
      <Dialogs view={view} />
      <AccountDialogs />
    </>,
    after,
  );
  function close(): void {
    unname();
    for (const stop of unlisten) stop();
    for (const stop of stops) stop();
    for (const part of [skip, before, after]) render(null, part);
    view.close();
    replica.close();
  }
  return { view, close };
}

function Banner({ view, status }: { readonly view: MapView; readonly status: Signal<Status> }) {
  view.drawings.value;
  const restore = view.rights.facilitate ? () => void view.verbs.trash(false) : undefined;
  return <StatusBanner status={status.value} replica={view.replica} restore={restore} />;
}

function Skips({ view }: { readonly view: MapView }) {
  return (
    <>
      <button
        type="button"
        class="skip"
        onClick={() => {
          view.focus.enter();
        }}
      >
        {w().app.skipMap}
      </button>
      <button
        type="button"
        class="skip"
        onClick={() => {
          view.panel.value = "outline";
          view.focus.panel();
        }}
      >
        {w().app.skipOutline}
      </button>
    </>
  );
}

function tell(notice: Notice): void {
  switch (notice.kind) {
    case "refused":
      tellRefused(notice);
      break;
    case "reset":
      toast(w().notice.reset);
      break;
    case "kept":
      toast(w().notice.kept);
      break;
    case "full":
      toast(w().notice.full, { bad: true });
      break;
  }
}

/** What tests and the curious read off the page: how far it is, and in which state. */
function expose(host: HTMLElement, view: MapView, status: Status): void {
  const { figures } = view.replica;
  const data: Record<string, string> = {
    seq: String(figures.seq),
    pending: String(figures.pending),
    status: status.kind,
    digest: figures.digest,
    reloads: String(figures.reloads),
    role: view.replica.me.role,
  };
  for (const target of [host, document.documentElement]) {
    for (const [name, value] of Object.entries(data))
      if (target.dataset[name] !== value) target.dataset[name] = value;
  }
  host.classList.toggle("unread", view.journey.map === undefined);
  host.classList.toggle("nothing", view.journey.map === undefined && status.kind === "closed");
  const title = textField(view.journey.map, "title");
  document.title = title === "" ? w().app.name : `${title} · ${w().app.name}`;
}

/** Says when the own right is another one. */
function followRole({ replica }: MapView): () => void {
  let role = replica.me.role;
  return replica.onStatus(() => {
    const now = replica.me.role;
    if (role !== "" && now !== "" && now !== role) toast(w().notice.role(w().role[now]));
    role = now || role;
  });
}

/** Of what is older on its way here, in ms, nothing is said: it has been caught up with. A slow line is no reason. */
const freshFor = 15_000;

/** Says what others add, merged by person. */
function followOthers(view: MapView): () => void {
  const counts = new Map<string, number>();
  const told = new Set<ID>(); // a card is one card, however often its text changes
  let timer: ReturnType<typeof setTimeout> | undefined;
  let first = true;
  return view.onDraw((changed) => {
    const { replica } = view;
    if (first || changed.size > 50) {
      first = replica.status.kind === "opening";
      return;
    }
    for (const id of changed) {
      const record = replica.board.live(id);
      const fresh =
        record?.kind === "card" && record.by !== replica.me.person && replica.now() - record.at < freshFor;
      if (record === undefined || !fresh || told.has(id)) continue;
      told.add(id);
      const name = replica.people.get(record.by)?.name;
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    if (counts.size === 0 || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      for (const [name, n] of counts) announce(w().notice.added(name, n));
      counts.clear();
    }, 1500);
  });
}
