// The island at the top left: the way home, the board's title, the save badge, the board's menu.
import type { Signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { textField } from "../../board/record.ts";
import type { Status } from "../../collab/status.ts";
import { under } from "../assets.ts";
import type { MapView } from "../map/view.ts";
import { type MenuEntry, openMenu } from "../menu.ts";
import { toast } from "../notices.ts";
import { call, sayWhy } from "../session.ts";
import { minimap, roomForMinimap, setMinimap } from "../settings.ts";
import { w } from "../words/index.ts";
import { narrow, showList } from "./narrow.ts";
import { NetworkChip } from "./network.tsx";
import { Icon, Logo } from "./parts.tsx";
import { FrozenBadge, SaveBadge } from "./save-badge.tsx";
import { TextInput } from "./text-input.tsx";

export function Title({ view, status }: { readonly view: MapView; readonly status: Signal<Status> }) {
  const [naming, setNaming] = useState(false);
  view.drawings.value;
  const map = view.journey.map;
  const title = textField(map, "title") || w().map.untitled;
  const may = view.rights.facilitate && view.rights.writes;
  return (
    <header class="isl isl-tl">
      {history.state === "whole" ? (
        <button
          type="button"
          class="ib"
          aria-label={w().tool.asList}
          title={w().tool.asList}
          onClick={() => void showList(view.replica)}
        >
          <Icon name="list" />
        </button>
      ) : null}
      <a class="ib tohome" href={under("")} aria-label={w().save.home} title={w().save.home}>
        <Logo />
      </a>
      {naming && map !== undefined ? (
        <div
          class="t-edit"
          onFocusOut={() => setNaming(false)}
          onKeyDown={(event) => {
            if (event.key === "Enter" || event.key === "Escape") setNaming(false);
          }}
        >
          <TextInput view={view} id={map.id} field="title" label={w().home.title} focus />
        </div>
      ) : (
        <h1 class="h-title">
          {may ? (
            <button type="button" class="t" title={w().tool.rename} onClick={() => setNaming(true)}>
              {title}
            </button>
          ) : (
            <span class="t">{title}</span>
          )}
        </h1>
      )}
      <SaveBadge status={status.value} />
      {map?.fields.frozen === true && status.value.kind !== "readonly" ? <FrozenBadge /> : null}
      <NetworkChip />
      <button
        type="button"
        class="ib"
        aria-label={w().tool.menu}
        aria-haspopup="menu"
        onClick={(event) =>
          openMenu(
            event.currentTarget,
            boardMenu(view, () => setNaming(true)),
            w().tool.menu,
          )
        }
      >
        <Icon name="ellipsis" />
      </button>
    </header>
  );
}

function boardMenu(view: MapView, rename: () => void): readonly MenuEntry[] {
  const { rights, verbs } = view;
  const frozen = view.journey.map?.fields.frozen === true;
  const trashed = view.journey.map?.fields.trashed === true;
  const entries: MenuEntry[] = [];
  if (rights.facilitate && rights.writes)
    entries.push({ label: w().tool.rename, icon: "pencil", run: rename });
  if (narrow.value && history.state !== "whole")
    entries.push({ label: w().tool.asList, icon: "list", run: () => void showList(view.replica) });
  entries.push(
    { label: w().tool.outline, icon: "list-tree", run: () => setPanel(view, "outline") },
    { label: w().tool.moments, icon: "diamond", hint: "M", run: () => setPanel(view, "moments") },
    { label: w().tool.tray, icon: "inbox", run: () => setPanel(view, "tray") },
    { label: w().tool.deleted, icon: "archive-restore", run: () => setPanel(view, "deleted") },
    { line: true },
    {
      label: w().tool.palette,
      icon: "command",
      hint: `${w().key.ctrl} K`,
      run: () => view.openDialog({ kind: "palette" }),
    },
    { label: w().tool.help, icon: "keyboard", hint: "?", run: () => view.openDialog({ kind: "help" }) },
    ...(roomForMinimap()
      ? [
          {
            label: w().tool.minimap,
            icon: "map",
            checked: minimap.value,
            run: () => setMinimap(!minimap.value),
          },
        ]
      : []),
    { line: true },
    ...(rights.gone ? [] : [{ label: w().tool.export, icon: "download", run: () => void exportBoard(view) }]),
    { label: w().tool.print, icon: "printer", run: () => printMap(view) },
  );
  if (rights.facilitate) {
    entries.push(
      { line: true },
      {
        label: frozen ? w().tool.thaw : w().tool.freeze,
        icon: "snowflake",
        run: () => verbs.propose([{ type: "freeze", on: !frozen }]),
      },
      trashed
        ? { label: w().deleted.restore, icon: "archive-restore", run: () => void verbs.trash(false) }
        : { label: w().tool.trash, icon: "trash-2", bad: true, run: () => trash(view) },
    );
  }
  return entries;
}

/** Asks first when the board would become read-only under others. */
function trash(view: MapView): void {
  const { me, peers } = view.replica;
  const others = [...peers.values()].some((peer) => peer.person !== me.person);
  if (others) view.openDialog({ kind: "trash" });
  else view.verbs.trash(true);
}

function setPanel(view: MapView, panel: "outline" | "moments" | "tray" | "deleted"): void {
  view.panel.value = view.panel.value === panel ? undefined : panel;
}

/** Prints the whole map, as large as the paper takes it. */
function printMap(view: MapView): void {
  const page = 1480; // the inside of an A3 sheet on its side, in CSS pixels
  view.world.style.setProperty("--print-zoom", String(Math.min(1, page / (view.geometry.width + 4))));
  print();
}

export async function exportBoard(view: MapView): Promise<void> {
  try {
    const board = view.replica.board.id;
    save(await call<unknown>(`boards/${board}/export`), textField(view.journey.map, "title") || board);
  } catch (error) {
    toast(sayWhy(error, w().sign.failed), { bad: true });
  }
}

/** Hands a value to the browser as a file. */
export function save(value: unknown, name: string): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name.replace(/[^\p{L}\p{N} -]/gu, "").trim() || "map"}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
