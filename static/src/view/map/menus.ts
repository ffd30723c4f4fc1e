// What each thing on the map offers. The context menu, the head menus, the toolbar and the keyboard show the same
// entries, so every drag has its twin here.
import { type BoardRecord, type ID, numberField, textField } from "../../board/record.ts";
import type { MenuEntry, MenuItem, Swatch } from "../menu.ts";
import { w } from "../words/index.ts";
import { laneName, stepName } from "./cell.ts";
import { cardsIn } from "./journey.ts";
import { cardIcons, laneKind, laneKinds } from "./lane-kind.ts";
import { markerIcons } from "./marker.ts";
import { hueColor, hues } from "./person.ts";
import { stickyColors } from "./sticky.ts";
import { tiers } from "./tier.ts";
import { holdsCards } from "./verbs.ts";
import type { MapView } from "./view.ts";

const line = { line: true } as const;

/** Leaves out entries that are not there, and lines with nothing between them. */
function tidy(entries: readonly (MenuEntry | undefined | false)[]): readonly MenuEntry[] {
  const out: MenuEntry[] = [];
  for (const entry of entries) {
    if (entry === undefined || entry === false) continue;
    const last = out.at(-1);
    if ("line" in entry && (last === undefined || "line" in last)) continue;
    out.push(entry);
  }
  const last = out.at(-1);
  if (last !== undefined && "line" in last) out.pop();
  return out;
}

function colorSwatches(view: MapView, ids: readonly ID[], none: boolean): { swatches: readonly Swatch[] } {
  const now = textField(view.record(ids[0]), "color");
  const names = w().color as Readonly<Record<string, string>>;
  const swatches: Swatch[] = stickyColors.map((color) => ({
    label: names[color] ?? color,
    color: `var(--${color})`,
    checked: now === color,
    run: () => view.verbs.setAll(ids, { color }),
  }));
  if (none) {
    swatches.unshift({
      label: w().color.none,
      color: "var(--surface)",
      checked: now === "",
      run: () => view.verbs.setAll(ids, { color: null }),
    });
  }
  return { swatches };
}

export function tierEntries(now: unknown, set: (tier: string | null) => void): readonly MenuItem[] {
  return [
    ...tiers.map((tier) => ({ label: w().tier[tier], checked: now === tier, run: () => set(tier) })),
    { label: w().tier.none, checked: now === undefined || now === "", run: () => set(null) },
  ];
}

/** All cells a card could go to, lane by lane. */
function moveEntries(view: MapView, ids: readonly ID[]): readonly MenuEntry[] {
  const { journey } = view;
  const card = view.record(ids[0]);
  const lanes = journey.lanes.filter(holdsCards);
  const steps = (lane: ID): readonly MenuEntry[] =>
    journey.steps.map((step) => ({
      label: `${step.index + 1}  ${stepName(step.record, step.index)}`,
      checked: textField(card, "lane") === lane && textField(card, "step") === step.record.id,
      run: () => {
        view.verbs.placeCards(ids, lane, step.record.id);
        view.focus.toRecord(ids[0] as ID);
      },
    }));
  return tidy([
    { cap: w().menu.moveTo },
    ...lanes.map((lane) => ({
      label: laneName(lane),
      icon: laneKind(textField(lane, "type")).icon,
      sub: () => steps(lane.id),
    })),
    line,
    textField(card, "step") !== "" && {
      label: w().menu.toTray,
      icon: "inbox",
      run: () => view.verbs.placeCards(ids, "", ""),
    },
  ]);
}

export function cardMenu(view: MapView, card: BoardRecord): readonly MenuEntry[] {
  const { verbs, rights } = view;
  const ids = view.selection.has(card.id)
    ? [...view.selection.all].filter((id) => view.record(id)?.kind === "card")
    : [card.id];
  const may = rights.edit(card);
  const lane = view.record(textField(card, "lane"));
  const look = laneKind(textField(lane, "type")).look;
  const placed = textField(card, "step") !== "";
  const span = numberField(card, "span", 1);
  const moment = view.journey.momentsAt.get(card.id)?.[0];
  const severity = numberField(card, "severity");
  const go = (
    side: "left" | "right" | "up" | "down",
    label: string,
    icon: string,
    key: string,
  ): MenuItem => ({
    label,
    icon,
    hint: `${w().key.ctrl} ${w().key.shift} ${key}`,
    disabled: verbs.neighbour(card, side) === undefined,
    run: () => {
      verbs.moveCard(card.id, side);
      view.focus.toRecord(card.id);
    },
  });
  return tidy([
    may &&
      placed && { label: w().menu.edit, icon: "pencil", hint: "F2", run: () => view.editRecord(card.id) },
    may && { label: w().menu.moveTo, icon: "move", sub: () => moveEntries(view, ids) },
    line,
    may && ids.length === 1 && placed && go("left", w().menu.cellLeft, "arrow-left", "←"),
    may && ids.length === 1 && placed && go("right", w().menu.cellRight, "arrow-right", "→"),
    may && ids.length === 1 && placed && go("up", w().menu.cellUp, "arrow-up", "↑"),
    may && ids.length === 1 && placed && go("down", w().menu.cellDown, "arrow-down", "↓"),
    may &&
      placed &&
      siblings(view, card) > 1 && {
        label: w().menu.earlier,
        hint: `${w().key.alt} ↑`,
        run: () => verbs.reorderCard(card.id, -1) && view.focus.toRecord(card.id),
      },
    may &&
      placed &&
      siblings(view, card) > 1 && {
        label: w().menu.later,
        hint: `${w().key.alt} ↓`,
        run: () => verbs.reorderCard(card.id, 1) && view.focus.toRecord(card.id),
      },
    line,
    may &&
      placed &&
      look !== "chip" &&
      look !== "dept" && {
        label: w().menu.wider,
        icon: "columns-3",
        hint: `${w().key.alt} ${w().key.shift} →`,
        run: () => verbs.span(card.id, span + 1),
      },
    may &&
      span > 1 && {
        label: w().menu.narrower,
        hint: `${w().key.alt} ${w().key.shift} ←`,
        run: () => verbs.span(card.id, span - 1),
      },
    line,
    rights.add &&
      (moment === undefined
        ? { label: w().moment.mark, icon: "diamond", run: () => view.openMoment(verbs.addMoment(card.id)) }
        : { label: w().moment.one, icon: "diamond", run: () => view.openMoment(moment.id) }),
    may &&
      look === "pain" && {
        label: w().menu.severity,
        icon: "chart-no-axes-column",
        hint: w().menu.severityLevel[severity] ?? "",
        sub: () =>
          [0, 1, 2, 3].map((n) => ({
            label: w().menu.severityLevel[n] ?? "",
            checked: n === severity,
            run: () => verbs.setAll(ids, { severity: n === 0 ? null : n }),
          })),
      },
    may && {
      label: w().menu.tier,
      icon: "shield-check",
      sub: () => tierEntries(card.fields.tier, (tier) => verbs.setAll(ids, { tier })),
    },
    may &&
      (look === "kpi" || look === "pain") && {
        label: w().menu.kpi,
        icon: "target",
        run: () => view.openDialog({ kind: "kpi", id: card.id }),
      },
    may &&
      look === "dept" && {
        label: w().menu.department,
        icon: "palette",
        sub: () => [hueSwatches(view, ids, card)],
      },
    may &&
      (look === "icon" || look === "chip") && {
        label: w().menu.icon,
        icon: "shapes",
        sub: () => [iconSwatches(view, ids, card)],
      },
    may &&
      look !== "dept" && {
        label: w().menu.color,
        icon: "palette",
        sub: () => [colorSwatches(view, ids, true)],
      },
    lockEntry(view, card),
    line,
    may && {
      label: w().menu.delete,
      icon: "trash-2",
      hint: w().key.del,
      bad: true,
      run: () => view.deleteAndRest(ids),
    },
  ]);
}

function siblings(view: MapView, card: BoardRecord): number {
  return cardsIn(view.journey, textField(card, "lane") as ID, textField(card, "step") as ID).length;
}

function lockEntry(view: MapView, record: BoardRecord): MenuItem | undefined {
  if (!view.rights.edit(record)) return undefined;
  const locked = view.record(`lock-${record.id}`) !== undefined;
  return {
    label: locked ? w().menu.unlock : w().menu.lock,
    icon: locked ? "lock-open" : "lock",
    run: () => view.verbs.lock(record.id, !locked),
  };
}

function hueSwatches(view: MapView, ids: readonly ID[], card: BoardRecord): { swatches: readonly Swatch[] } {
  return {
    swatches: hues.map((hue) => ({
      label: `${w().menu.department} ${hue + 1}`,
      color: hueColor(hue),
      checked: numberField(card, "hue") === hue,
      run: () => view.verbs.setAll(ids, { hue: hue === 0 ? null : hue }),
    })),
  };
}

function iconSwatches(view: MapView, ids: readonly ID[], card: BoardRecord): { swatches: readonly Swatch[] } {
  return {
    swatches: cardIcons.map((name) => ({
      label: name,
      color: "",
      icon: name,
      checked: textField(card, "icon") === name,
      run: () => view.verbs.setAll(ids, { icon: name }),
    })),
  };
}

export function stickyMenu(view: MapView, sticky: BoardRecord): readonly MenuEntry[] {
  const ids = view.selection.has(sticky.id)
    ? [...view.selection.all].filter((id) => view.record(id)?.kind === "sticky")
    : [sticky.id];
  const may = view.rights.edit(sticky);
  const size = (factor: number): void => {
    const width = numberField(sticky, "w", 1600) / 10;
    const height = numberField(sticky, "h", 1200) / 10;
    view.verbs.resizeSticky(sticky.id, width * factor, height * factor);
  };
  return tidy([
    may && { label: w().menu.edit, icon: "pencil", hint: "F2", run: () => view.editRecord(sticky.id) },
    may && colorSwatches(view, ids, false),
    may && { label: w().menu.bigger, icon: "plus", run: () => size(1.25) },
    may && { label: w().menu.smaller, icon: "minus", run: () => size(0.8) },
    may && {
      label: w().menu.nudge,
      icon: "move",
      hint: "← ↑ → ↓",
      run: () => view.focus.toRecord(sticky.id),
    },
    lockEntry(view, sticky),
    line,
    may && {
      label: w().menu.delete,
      icon: "trash-2",
      hint: w().key.del,
      bad: true,
      run: () => view.deleteAndRest(ids),
    },
  ]);
}

export function cellMenu(view: MapView, lane: BoardRecord, step: ID): readonly MenuEntry[] {
  const { verbs, rights } = view;
  const curve = laneKind(textField(lane, "type")).look === "curve";
  const marker = (type: string, label: string): MenuItem => ({
    label,
    icon: markerIcons[type] ?? "flag",
    run: () => view.editRecord(verbs.addMarker(type, step, lane.id)),
  });
  return tidy([
    curve &&
      rights.add && {
        label: w().emotion.edit,
        icon: "heart-pulse",
        hint: w().key.enter,
        run: () => view.openDialog({ kind: "emotion", step }),
      },
    !curve &&
      rights.add &&
      holdsCards(lane) && {
        label: w().map.addCard,
        icon: "plus",
        hint: w().key.enter,
        run: () => view.startCard(lane.id, step),
      },
    line,
    rights.add && !curve && marker("gap", w().menu.addGap),
    rights.add && !curve && marker("break", w().menu.addBreak),
    rights.add && !curve && marker("bottleneck", w().menu.addBottleneck),
    rights.add && !curve && marker("trigger", w().menu.addTrigger),
    rights.add && !curve && marker("event", w().menu.addEvent),
    line,
    rights.add && {
      label: w().moment.mark,
      icon: "diamond",
      run: () => view.openMoment(verbs.addMoment(step)),
    },
  ]);
}

export function stepMenu(view: MapView, id: ID): readonly MenuEntry[] {
  const { verbs, rights, journey } = view;
  const at = journey.stepAt.get(id);
  if (at === undefined) return [];
  const moment = journey.momentsAt.get(id)?.[0];
  const may = rights.structure;
  const back = (): unknown => view.focus.toRecord(id);
  return tidy([
    may && { label: w().menu.rename, icon: "pencil", hint: "F2", run: () => view.editRecord(id) },
    line,
    may && {
      label: w().menu.addStepAfter,
      icon: "plus",
      run: () => view.editRecord(verbs.addStep(id, "after")),
    },
    may && { label: w().menu.addStepBefore, run: () => view.editRecord(verbs.addStep(id, "before")) },
    may && {
      label: w().menu.moveLeft,
      icon: "arrow-left",
      hint: `${w().key.ctrl} ${w().key.shift} ←`,
      disabled: at.index === 0,
      run: () => verbs.moveStep(id, -1) && back(),
    },
    may && {
      label: w().menu.moveRight,
      icon: "arrow-right",
      hint: `${w().key.ctrl} ${w().key.shift} →`,
      disabled: at.index === journey.steps.length - 1,
      run: () => verbs.moveStep(id, 1) && back(),
    },
    may &&
      journey.phases.length > 1 && {
        label: w().menu.intoPhase,
        icon: "columns-3",
        sub: () =>
          journey.phases.map((phase, i) => ({
            label: textField(phase.record, "title") || w().map.phaseNumber(i + 1),
            checked: phase.record.id === at.phase.id,
            run: () => verbs.stepInto(id, phase.record.id) && back(),
          })),
      },
    line,
    rights.add &&
      (moment === undefined
        ? { label: w().moment.mark, icon: "diamond", run: () => view.openMoment(verbs.addMoment(id)) }
        : { label: w().moment.one, icon: "diamond", run: () => view.openMoment(moment.id) }),
    line,
    may && {
      label: w().menu.delete,
      icon: "trash-2",
      hint: w().key.del,
      bad: true,
      run: () => view.deleteAndRest([id]),
    },
  ]);
}

export function phaseMenu(view: MapView, id: ID): readonly MenuEntry[] {
  const { verbs, rights, journey } = view;
  const i = journey.phases.findIndex((phase) => phase.record.id === id);
  if (!rights.structure || i < 0) return [];
  const last = journey.phases[i]?.steps.at(-1)?.record.id;
  const back = (): unknown => view.focus.toRecord(id);
  return tidy([
    { label: w().menu.rename, icon: "pencil", hint: "F2", run: () => view.editRecord(id) },
    line,
    { label: w().menu.addPhaseAfter, icon: "plus", run: () => view.editRecord(verbs.addPhase(id)) },
    last !== undefined && {
      label: w().map.addStep,
      icon: "plus",
      run: () => view.editRecord(verbs.addStep(last, "after")),
    },
    {
      label: w().menu.moveLeft,
      icon: "arrow-left",
      hint: `${w().key.ctrl} ${w().key.shift} ←`,
      disabled: i === 0,
      run: () => verbs.movePhase(id, -1) && back(),
    },
    {
      label: w().menu.moveRight,
      icon: "arrow-right",
      hint: `${w().key.ctrl} ${w().key.shift} →`,
      disabled: i === journey.phases.length - 1,
      run: () => verbs.movePhase(id, 1) && back(),
    },
    line,
    {
      label: w().menu.delete,
      icon: "trash-2",
      hint: w().key.del,
      bad: true,
      run: () => view.deleteAndRest([id]),
    },
  ]);
}

/** Every type of lane, to choose one from. */
export function laneTypes(view: MapView, after: ID | undefined): readonly MenuEntry[] {
  const names = w().lane as Readonly<Record<string, string>>;
  return [
    { cap: w().menu.pickLane },
    ...Object.entries(laneKinds).map(([type, kind]) => ({
      label: names[type] ?? type,
      icon: kind.icon,
      run: () => {
        const id = view.verbs.addLane(type, after);
        if (id !== undefined) view.focus.toRecord(id);
      },
    })),
  ];
}

export function laneMenu(view: MapView, id: ID): readonly MenuEntry[] {
  const { verbs, rights, journey } = view;
  const lane = view.record(id);
  if (!rights.structure || lane === undefined) return [];
  const i = journey.lanes.findIndex((one) => one.id === id);
  const hidden = journey.allLanes.filter((one) => one.fields.hidden === true);
  const back = (): unknown => view.focus.toRecord(id);
  return tidy([
    { label: w().menu.rename, icon: "pencil", hint: "F2", run: () => view.editRecord(id) },
    line,
    { label: w().menu.addLaneBelow, icon: "plus", sub: () => laneTypes(view, id) },
    {
      label: w().menu.moveUp,
      icon: "arrow-up",
      hint: `${w().key.ctrl} ${w().key.shift} ↑`,
      disabled: i === 0,
      run: () => verbs.moveLane(id, -1) && back(),
    },
    {
      label: w().menu.moveDown,
      icon: "arrow-down",
      hint: `${w().key.ctrl} ${w().key.shift} ↓`,
      disabled: i === journey.lanes.length - 1,
      run: () => verbs.moveLane(id, 1) && back(),
    },
    { label: w().menu.hideLane, icon: "eye", run: () => verbs.set(id, { hidden: true }) },
    ...hidden.map((one) => ({
      label: `${laneName(one)}: ${w().menu.showLane}`,
      icon: laneKind(textField(one, "type")).icon,
      run: () => verbs.set(one.id, { hidden: null }),
    })),
    line,
    {
      label: w().menu.delete,
      icon: "trash-2",
      hint: w().key.del,
      bad: true,
      run: () => view.deleteAndRest([id]),
    },
  ]);
}

export function markerMenu(view: MapView, marker: BoardRecord): readonly MenuEntry[] {
  const may = view.rights.edit(marker);
  const kinds = w().marker as Readonly<Record<string, string>>;
  const type = textField(marker, "type") || "gap";
  return tidy([
    may && { label: w().menu.edit, icon: "pencil", hint: "F2", run: () => view.editRecord(marker.id) },
    may && line,
    ...(may
      ? Object.entries(markerIcons).map(([name, mark]) => ({
          label: kinds[name] ?? name,
          icon: mark,
          checked: name === type,
          run: () => view.verbs.set(marker.id, { type: name, edge: name === "break" ? "after" : null }),
        }))
      : []),
    line,
    may && {
      label: w().menu.delete,
      icon: "trash-2",
      hint: w().key.del,
      bad: true,
      run: () => view.deleteAndRest([marker.id]),
    },
  ]);
}

export function personaMenu(view: MapView): readonly MenuEntry[] {
  const { journey, rights, verbs } = view;
  return tidy([
    journey.persona !== undefined && {
      label: textField(journey.persona, "name") || w().persona.one,
      icon: "user",
      hint: w().key.enter,
      run: () => view.openDialog({ kind: "persona", id: (journey.persona as BoardRecord).id }),
    },
    journey.personas.length > 1 && { cap: w().persona.whose },
    ...(journey.personas.length > 1
      ? journey.personas.map((persona) => ({
          label: textField(persona, "name") || w().persona.newName,
          checked: persona === journey.persona,
          run: () => view.showPersona(persona.id),
        }))
      : []),
    line,
    rights.structure && {
      label: w().persona.add,
      icon: "plus",
      run: () => {
        const id = verbs.addPersona();
        if (id === undefined) return;
        view.showPersona(id);
        view.openDialog({ kind: "persona", id });
      },
    },
    rights.structure &&
      journey.persona !== undefined && {
        label: w().persona.remove,
        icon: "trash-2",
        bad: true,
        run: () => view.deleteAndRest([(journey.persona as BoardRecord).id]),
      },
  ]);
}
