// What a card and a sticky offer. The context menu, the toolbar and the keyboard show the same entries.
import { type BoardRecord, type ID, numberField, textField } from "../../board/record.ts";
import type { MenuEntry, MenuItem } from "../menu.ts";
import { type Swatch, swatches } from "../swatches.ts";
import { w } from "../words/index.ts";
import { when } from "../words/time.ts";
import { cardsIn } from "./journey.ts";
import { cardIcons, laneKind } from "./lane-kind.ts";
import { line, tidy } from "./menu-parts.ts";
import { byWhom, laneName, stepName } from "./name.ts";
import { hueColor, hues } from "./person.ts";
import { stickyColors } from "./sticky.ts";
import { tiers } from "./tier.ts";
import { holdsCards } from "./verbs.ts";
import type { MapView } from "./view.ts";

function colorSwatches(view: MapView, ids: readonly ID[], none: boolean): MenuEntry {
  const now = textField(view.record(ids[0]), "color");
  const names = w().color as Readonly<Record<string, string>>;
  const all: Swatch[] = stickyColors.map((color) => ({
    label: names[color] ?? color,
    color: `var(--${color})`,
    checked: now === color,
    run: () => view.verbs.setAll(ids, { color }),
  }));
  if (none) {
    all.unshift({
      label: w().color.none,
      color: "var(--surface)",
      checked: now === "",
      run: () => view.verbs.setAll(ids, { color: null }),
    });
  }
  return swatches(all);
}

/** Who made a record, and when. A name in Hebrew or Arabic turns round nothing beside it. */
function madeBy(view: MapView, record: BoardRecord): { readonly cap: string } | undefined {
  const who = byWhom(view.replica, record);
  return who === "" ? undefined : { cap: `\u2068${who}\u2069 · ${when(record.at)}` };
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
    madeBy(view, card),
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

function hueSwatches(view: MapView, ids: readonly ID[], card: BoardRecord): MenuEntry {
  return swatches(
    hues.map((hue) => ({
      label: w().menu.hues[hue] ?? w().menu.department,
      color: hueColor(hue),
      checked: numberField(card, "hue") === hue,
      run: () => view.verbs.setAll(ids, { hue: hue === 0 ? null : hue }),
    })),
  );
}

function iconSwatches(view: MapView, ids: readonly ID[], card: BoardRecord): MenuEntry {
  return swatches(
    cardIcons.map((name) => ({
      label: w().iconName[name],
      worded: true,
      color: "",
      icon: name,
      checked: textField(card, "icon") === name,
      run: () => view.verbs.setAll(ids, { icon: name }),
    })),
  );
}

/** The four ways to move stickies without dragging them, as far as Shift and an arrow key do. */
function nudges(view: MapView, ids: readonly ID[], id: ID): readonly MenuItem[] {
  const go = (label: string, icon: string, hint: string, dx: number, dy: number): MenuItem => ({
    label,
    icon,
    hint,
    run: () => {
      view.verbs.moveSticky(ids, dx, dy);
      view.focus.toRecord(id);
    },
  });
  const { moveLeft, moveRight, moveUp, moveDown } = w().menu;
  return [
    go(moveLeft, "arrow-left", "←", -80, 0),
    go(moveUp, "arrow-up", "↑", 0, -80),
    go(moveRight, "arrow-right", "→", 80, 0),
    go(moveDown, "arrow-down", "↓", 0, 80),
  ];
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
    madeBy(view, sticky),
    may && { label: w().menu.edit, icon: "pencil", hint: "F2", run: () => view.editRecord(sticky.id) },
    may && colorSwatches(view, ids, false),
    may && { label: w().menu.bigger, icon: "plus", run: () => size(1.25) },
    may && { label: w().menu.smaller, icon: "minus", run: () => size(0.8) },
    may && { label: w().menu.nudge, icon: "move", sub: () => nudges(view, ids, sticky.id) },
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
