// The command palette: everything the board can do, by its name.
import { useState } from "preact/hooks";
import { menuFor } from "../map/menu-for.ts";
import { laneTypes } from "../map/menu-head.ts";
import { stepName } from "../map/name.ts";
import type { MapView } from "../map/view.ts";
import type { MenuItem } from "../menu.ts";
import { setTheme } from "../settings.ts";
import { w } from "../words/index.ts";
import { changeLang } from "./account.tsx";
import { Icon, Modal } from "./parts.tsx";

/** Every command that can be given now. */
function commands(view: MapView): readonly MenuItem[] {
  const out: MenuItem[] = [];
  const first = [...view.selection.all][0];
  const node = first === undefined ? undefined : view.nodes.get(first);
  if (node !== undefined) {
    for (const entry of menuFor(view, node)) if ("label" in entry && entry.run !== undefined) out.push(entry);
  }
  for (const entry of menuFor(view, view.stage))
    if ("label" in entry && entry.run !== undefined) out.push(entry);
  if (view.rights.structure) {
    for (const entry of laneTypes(view, undefined)) {
      if ("label" in entry) out.push({ ...entry, label: w().palette.addLane(entry.label) });
    }
  }
  const panel = (name: "moments" | "outline" | "tray" | "deleted", icon: string): MenuItem => ({
    label: w().tool[name],
    icon,
    run: () => {
      view.panel.value = name;
    },
  });
  const disabled = !view.rights.add;
  out.push(
    panel("moments", "diamond"),
    panel("outline", "list-tree"),
    panel("tray", "inbox"),
    panel("deleted", "archive-restore"),
    { label: w().tool.undo, icon: "undo-2", disabled, run: () => view.verbs.undo() },
    { label: w().deleted.redo, icon: "redo-2", disabled, run: () => view.verbs.redo() },
    { label: w().tool.zoomTo100, icon: "maximize", run: () => view.camera.zoomBy(1 / view.camera.zoom) },
    {
      label: w().tool.share,
      icon: "share-2",
      disabled: view.rights.gone,
      run: () => view.openDialog({ kind: "share" }),
    },
    { label: w().tool.help, icon: "keyboard", run: () => view.openDialog({ kind: "help" }) },
    { label: `${w().sign.theme}: ${w().sign.themes.light}`, icon: "sun", run: () => setTheme("light") },
    { label: `${w().sign.theme}: ${w().sign.themes.dark}`, icon: "moon", run: () => setTheme("dark") },
    {
      label: `${w().sign.theme}: ${w().sign.themes.system}`,
      icon: "monitor",
      run: () => setTheme("system"),
    },
    { label: `${w().sign.language}: Deutsch`, icon: "languages", run: () => void changeLang("de") },
    { label: `${w().sign.language}: English`, icon: "languages", run: () => void changeLang("en") },
    ...view.journey.steps.map((step) => ({
      label: w().palette.goTo(stepName(step.record, step.index)),
      icon: "columns-3",
      run: () => view.focus.toRecord(step.record.id),
    })),
  );
  return out.filter((item) => item.disabled !== true);
}

export function Palette(props: {
  readonly view: MapView;
  readonly typed: string;
  readonly onClose: () => void;
}) {
  const { view, onClose } = props;
  const [query, setQuery] = useState(props.typed);
  const [at, setAt] = useState(0);
  const [all] = useState(() => commands(view));
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = all
    .filter((item) => wanted.every((word) => item.label.toLowerCase().includes(word)))
    .slice(0, 60);
  const run = (item: MenuItem | undefined): void => {
    if (item === undefined) return;
    onClose();
    queueMicrotask(() => item.run?.());
  };
  const key = (event: KeyboardEvent): void => {
    const way = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (way !== 0) {
      const next = (at + way + hits.length) % Math.max(1, hits.length);
      setAt(next);
      document.getElementById(`hit-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") run(hits[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Modal title={w().palette.title} onClose={onClose}>
      <input
        class="in xl"
        role="combobox"
        aria-expanded="true"
        aria-controls="hits"
        aria-activedescendant={hits.length === 0 ? undefined : `hit-${at}`}
        aria-label={w().palette.placeholder}
        placeholder={w().palette.placeholder}
        value={query}
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={key}
      />
      {hits.length === 0 ? <p class="pnote">{w().palette.none}</p> : null}
      <div id="hits" role="listbox" class="hits" aria-label={w().palette.title}>
        {hits.map((item, i) => (
          <div
            key={`${i}${item.label}`}
            id={`hit-${i}`}
            role="option"
            aria-selected={i === at}
            onClick={() => run(item)}
            onPointerMove={() => setAt(i)}
          >
            <Icon name={item.icon ?? "chevron-right"} size="m" />
            <span class="grow">{item.label}</span>
            {item.hint === undefined ? null : <span class="kbd">{item.hint}</span>}
          </div>
        ))}
      </div>
    </Modal>
  );
}
