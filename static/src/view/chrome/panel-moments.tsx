// The moments of truth: the list, and one of them in full with its place on the curve.
import { useEffect } from "preact/hooks";
import { type BoardRecord, type ID, numberField, textField } from "../../board/record.ts";
import { curvePath, type Point } from "../map/curve.ts";
import { emotionWord } from "../map/emotion.ts";
import { cellOf } from "../map/focus.ts";
import { emotionOf, emotionValue, type Step, stepOf } from "../map/journey.ts";
import { nameOf, stepName } from "../map/name.ts";
import type { MapView } from "../map/view.ts";
import { w } from "../words/index.ts";
import { date } from "../words/time.ts";
import { useGone } from "./gone.ts";
import { PanelFrame } from "./panel-frame.tsx";
import { Face, Icon, Said } from "./parts.tsx";
import { TextInput } from "./text-input.tsx";

const states = ["open", "decided", "done"] as const;

/** The moments in the order of the journey. */
function inOrder(view: MapView): readonly BoardRecord[] {
  const { journey } = view;
  const index = (record: BoardRecord): number => stepOf(journey, record)?.index ?? Number.MAX_SAFE_INTEGER;
  return [...journey.moments].sort((a, b) => index(a) - index(b));
}

export function MomentsPanel({ view }: { readonly view: MapView }) {
  view.drawings.value;
  const moments = inOrder(view);
  const open = moments.find((one) => one.id === view.moment.value);
  if (open !== undefined) return <MomentDetail view={view} moment={open} all={moments} />;
  return (
    <PanelFrame view={view} title={w().moment.many} count={moments.length}>
      {moments.length === 0 ? <p class="pnote">{w().moment.empty}</p> : null}
      <ul class="mlist">
        {moments.map((moment) => (
          <MomentRow key={moment.id} view={view} moment={moment} />
        ))}
      </ul>
    </PanelFrame>
  );
}

function valueAt(view: MapView, step: Step | undefined): number | undefined {
  return step && emotionValue(view.journey, step.record.id);
}

function where(step: Step | undefined): string {
  return step === undefined
    ? ""
    : `${w().map.stepNumber(step.index + 1)}, ${stepName(step.record, step.index)}`;
}

function MomentRow({ view, moment }: { readonly view: MapView; readonly moment: BoardRecord }) {
  const step = stepOf(view.journey, moment);
  const value = valueAt(view, step);
  const state = (textField(moment, "state") || "open") as (typeof states)[number];
  return (
    <li>
      <button
        type="button"
        onClick={() => {
          view.moment.value = moment.id;
        }}
      >
        {value === undefined ? <span class="dia big" /> : <Face value={value} size={30} />}
        <span class="grow">
          <b class="b">{textField(moment, "title") || w().moment.one}</b>
          <small>{where(step)}</small>
          <span class="row gap8 mfoot">
            <Weight n={numberField(moment, "importance")} />
            {state === "open" ? null : <span class="chip flat done">{w().moment.state[state]}</span>}
          </span>
        </span>
      </button>
    </li>
  );
}

function Weight({ n }: { readonly n: number }) {
  return n === 0 ? null : (
    <span class="weight" role="img" aria-label={`${w().moment.importance} ${n}`}>
      {[1, 2, 3].map((i) => (
        <i key={i} class={i <= n ? "on" : ""} />
      ))}
    </span>
  );
}

function MomentDetail(props: {
  readonly view: MapView;
  readonly moment: BoardRecord;
  readonly all: readonly BoardRecord[];
}) {
  const { view, moment, all } = props;
  useGone(view, moment.id, {
    close: () => {
      view.moment.value = undefined; // or it would open by itself when it comes back
    },
    rest: () => view.focus.panel(),
  });
  const may = view.rights.edit(moment);
  const step = stepOf(view.journey, moment);
  const target = view.record(textField(moment, "target"));
  const i = all.indexOf(moment);
  const go = (next: number): void => {
    view.moment.value = all[(next + all.length) % all.length]?.id;
  };
  useEffect(() => {
    // The panel has taken room from the map: the cell it is about is brought into what is left.
    const node = view.nodes.get(`emotion:${step?.record.id}`) ?? view.nodes.get(textField(moment, "target"));
    const late = setTimeout(() => node?.isConnected === true && view.focus.reveal(cellOf(node) ?? node), 60);
    return () => clearTimeout(late);
  }, [moment.id]);
  return (
    <PanelFrame
      view={view}
      title={w().moment.one}
      tools={
        <>
          <button type="button" class="ib" aria-label={w().moment.previous} onClick={() => go(i - 1)}>
            <Icon name="chevron-left" />
          </button>
          <span class="small mut tn nw">{w().moment.position(i + 1, all.length)}</span>
          <button type="button" class="ib" aria-label={w().moment.next} onClick={() => go(i + 1)}>
            <Icon name="chevron-right" />
          </button>
        </>
      }
    >
      <div class="mdetail stack">
        <div class="row eyebrow">
          <button
            type="button"
            class="lnk row gap4"
            onClick={() => {
              view.moment.value = undefined;
            }}
          >
            <Icon name="arrow-left" size="s" />
            {w().moment.back}
          </button>
          <span class="sp" />
          <span>
            {step === undefined
              ? ""
              : `${textField(step.phase, "title")} · ${w().map.stepNumber(step.index + 1)}`}
          </span>
        </div>
        <TextInput
          view={view}
          id={moment.id}
          field="title"
          label={w().moment.titleLabel}
          placeholder={w().moment.title}
          rows={2}
          disabled={!may}
          big
        />
        {step === undefined ? null : <MomentCurve view={view} step={step} />}
        {target?.kind === "card" ? <p class="small mut">{nameOf(target)}</p> : null}
        {may ? <Marks view={view} moment={moment} /> : <MarksRead view={view} moment={moment} />}
        <TextInput
          view={view}
          id={moment.id}
          field="evidence"
          label={w().moment.evidence}
          placeholder={w().moment.evidencePlaceholder}
          rows={4}
          disabled={!may}
        />
        <TextInput
          view={view}
          id={moment.id}
          field="decision"
          label={w().moment.decision}
          placeholder={w().moment.decisionPlaceholder}
          rows={3}
          disabled={!may}
        />
        <div class="row gap8">
          <button
            type="button"
            class="btn sec sm"
            onClick={() => show(view, textField(moment, "target") as ID)}
          >
            <Icon name="map" size="m" />
            {w().moment.show}
          </button>
          <span class="sp" />
          {may ? (
            <button
              type="button"
              class="btn bad sm"
              onClick={() => {
                view.moment.value = undefined;
                view.verbs.remove([moment.id]);
              }}
            >
              <Icon name="trash-2" size="m" />
              {w().moment.unmark}
            </button>
          ) : null}
        </div>
      </div>
    </PanelFrame>
  );
}

/** When a moment is due. A board that was imported may hold a number that is no day. */
function dueDay(moment: BoardRecord): Date | undefined {
  const day = new Date(numberField(moment, "due"));
  return day.getTime() > 0 ? day : undefined;
}

interface MarksProps {
  readonly view: MapView;
  readonly moment: BoardRecord;
}

/** Kind, weight, state, owner and date of a moment, for who may set them. */
function Marks({ view, moment }: MarksProps) {
  const set = (fields: { readonly [field: string]: string | number | null }): void => {
    view.verbs.set(moment.id, fields);
  };
  const positive = textField(moment, "polarity") === "positive";
  const importance = numberField(moment, "importance");
  const state = textField(moment, "state") || "open";
  const due = dueDay(moment);
  return (
    <>
      <div class="row wrap gap8">
        <span class="seg" role="group" aria-label={w().moment.polarity}>
          <button type="button" aria-pressed={!positive} onClick={() => set({ polarity: null })}>
            {w().moment.negative}
          </button>
          <button type="button" aria-pressed={positive} onClick={() => set({ polarity: "positive" })}>
            {w().moment.positive}
          </button>
        </span>
      </div>
      <div class="two">
        <div>
          <span class="lbl">{w().moment.importance}</span>
          <span class="seg" role="group" aria-label={w().moment.importance}>
            {[1, 2, 3].map((n) => (
              <button
                key={n}
                type="button"
                aria-pressed={importance === n}
                onClick={() => set({ importance: importance === n ? null : n })}
              >
                {n}
              </button>
            ))}
          </span>
        </div>
        <label class="fld">
          <span class="lbl">{w().moment.stateLabel}</span>
          <select
            class="in sm"
            value={state}
            onChange={(event) =>
              set({ state: event.currentTarget.value === "open" ? null : event.currentTarget.value })
            }
          >
            {states.map((one) => (
              <option key={one} value={one}>
                {w().moment.state[one]}
              </option>
            ))}
          </select>
        </label>
        <label class="fld">
          <span class="lbl">{w().moment.owner}</span>
          <select
            class="in sm"
            value={textField(moment, "owner")}
            onChange={(event) =>
              set({ owner: event.currentTarget.value === "" ? null : event.currentTarget.value })
            }
          >
            <option value="">{w().moment.nobody}</option>
            {[...view.replica.people.values()].map((person) => (
              <option key={person.id} value={person.id}>
                {person.name}
              </option>
            ))}
          </select>
        </label>
        <label class="fld">
          <span class="lbl">{w().moment.due}</span>
          <input
            class="in sm"
            type="date"
            value={due?.toISOString().slice(0, 10) ?? ""}
            onChange={(event) =>
              set({ due: event.currentTarget.value === "" ? null : Date.parse(event.currentTarget.value) })
            }
          />
        </label>
      </div>
    </>
  );
}

/** The same for who reads. */
function MarksRead({ view, moment }: MarksProps) {
  const state = (textField(moment, "state") || "open") as (typeof states)[number];
  const due = dueDay(moment);
  const owner = view.replica.people.get(textField(moment, "owner") as ID)?.name;
  return (
    <div class="two">
      <Said
        label={w().moment.polarity}
        text={textField(moment, "polarity") === "positive" ? w().moment.positive : w().moment.negative}
      />
      <Said label={w().moment.importance} text={String(numberField(moment, "importance") || "")} />
      <Said label={w().moment.stateLabel} text={w().moment.state[state]} />
      <Said label={w().moment.owner} text={owner ?? w().moment.nobody} />
      <Said label={w().moment.due} text={due === undefined ? "" : date(due.getTime())} />
    </div>
  );
}

function show(view: MapView, target: ID): void {
  const emotion = view.nodes.get(`emotion:${target}`);
  if (emotion !== undefined) view.focus.to(emotion);
  else view.focus.toRecord(target);
}

/** The moment's place on the curve, with the step before and the step after. */
function MomentCurve({ view, step }: { readonly view: MapView; readonly step: Step }) {
  const { steps } = view.journey;
  const width = 300;
  const from = Math.max(0, Math.min(step.index - 1, steps.length - 3));
  const shown = steps.slice(from, from + 3);
  const x = (i: number): number => ((i + 0.5) * width) / Math.max(1, shown.length);
  const points: (Point & { readonly step: Step; readonly value: number })[] = [];
  for (const [i, one] of shown.entries()) {
    const value = valueAt(view, one);
    if (value !== undefined) points.push({ x: x(i), y: 60 - (value / 300) * 34, step: one, value });
  }
  const at = shown.indexOf(step);
  return (
    <figure class="mcurve">
      <svg viewBox={`0 0 ${width} 156`} aria-hidden="true">
        <rect
          x={x(at) - width / shown.length / 2 + 4}
          y="4"
          width={width / shown.length - 8}
          height="148"
          rx="8"
          fill="var(--l-opps)"
        />
        <line
          x1="8"
          x2={width - 8}
          y1="60"
          y2="60"
          stroke="var(--line-strong)"
          stroke-dasharray="1 6"
          stroke-linecap="round"
        />
        <path
          d={curvePath(points)}
          fill="none"
          stroke="var(--ink)"
          stroke-width="2.5"
          stroke-linecap="round"
        />
      </svg>
      {points.map((point) => (
        <span
          key={point.step.record.id}
          class={`mpt ${point.step === step ? "on" : ""}`}
          style={{ left: `${(point.x / width) * 100}%`, top: `${point.y}px` }}
        >
          {point.step === step ? <span class="mt2" /> : null}
          <Face value={point.value} size={point.step === step ? 30 : 22} />
        </span>
      ))}
      <figcaption>
        {shown.map((one) => (
          <span key={one.record.id} class={one === step ? "on" : ""}>
            {stepName(one.record, one.index)}
          </span>
        ))}
      </figcaption>
      <span class="vh">{emotionWord(emotionOf(view.journey, step.record.id))}</span>
    </figure>
  );
}
