// What the heads offer: steps, phases, lanes, the persona.
import { type BoardRecord, type ID, textField } from "../../board/record.ts";
import type { MenuEntry } from "../menu.ts";
import { w } from "../words/index.ts";
import { laneKind, laneKinds } from "./lane-kind.ts";
import { line, tidy } from "./menu-parts.ts";
import { laneName } from "./name.ts";
import type { MapView } from "./view.ts";

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
