// The map as a text that can be edited: steps, their lanes, their cards. It goes the same way as the grid: what has the
// focus here is shown there.
import { useState } from "preact/hooks";
import { type BoardRecord, type ID, numberField, textField } from "../../board/record.ts";
import { cardName } from "../map/card.ts";
import { emotionWord, reason } from "../map/emotion.ts";
import { cardsIn, emotionOf, type Step } from "../map/journey.ts";
import { laneKind } from "../map/lane-kind.ts";
import { markerName } from "../map/marker.ts";
import { cardMenu } from "../map/menu-card.ts";
import { laneName, stepName } from "../map/name.ts";
import { holdsCards } from "../map/verbs.ts";
import type { MapView } from "../map/view.ts";
import { openMenu } from "../menu.ts";
import { hundredths, w } from "../words/index.ts";
import { useGone } from "./gone.ts";
import { PanelFrame } from "./panel-frame.tsx";
import { Face, Icon } from "./parts.tsx";
import { TextInput } from "./text-input.tsx";

export function OutlinePanel({ view }: { readonly view: MapView }) {
  view.drawings.value;
  const [all, setAll] = useState(false);
  const [editing, setEditing] = useState<ID | undefined>(undefined);
  return (
    <PanelFrame
      view={view}
      id="outline"
      title={w().outline.name}
      tools={
        <label class="switch small">
          <input type="checkbox" checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
          {w().outline.showEmpty}
        </label>
      }
    >
      <div class="ol">
        {view.journey.steps.map((step) => (
          <OutlineStep
            key={step.record.id}
            view={view}
            step={step}
            all={all}
            editing={editing}
            edit={setEditing}
          />
        ))}
      </div>
    </PanelFrame>
  );
}

interface StepProps {
  readonly view: MapView;
  readonly step: Step;
  readonly all: boolean;
  readonly editing: ID | undefined;
  readonly edit: (id: ID | undefined) => void;
}

function OutlineStep({ view, step, all, editing, edit }: StepProps) {
  const { journey } = view;
  const markers = journey.markers.filter((one) => textField(one, "step") === step.record.id);
  return (
    <section>
      {step.first ? <h3>{textField(step.phase, "title") || w().map.phase}</h3> : null}
      <h4>
        <span class="mut tn">{step.index + 1}</span>
        <button type="button" onClick={() => view.focus.toRecord(step.record.id)}>
          {stepName(step.record, step.index)}
        </button>
        {journey.momentsAt.has(step.record.id) ? (
          <span class="omo">
            <span class="dia" /> {w().moment.one}
          </span>
        ) : null}
      </h4>
      {markers.length === 0 ? null : (
        <ul>
          {markers.map((marker) => (
            <li key={marker.id} class="omark">
              {markerName(marker)}
            </li>
          ))}
        </ul>
      )}
      {journey.lanes.map((lane) => (
        <OutlineLane key={lane.id} {...{ view, step, lane, all, editing, edit }} />
      ))}
    </section>
  );
}

function OutlineLane(props: StepProps & { readonly lane: BoardRecord }) {
  const { view, step, lane, all, editing, edit } = props;
  const kind = laneKind(textField(lane, "type"));
  const cards = cardsIn(view.journey, lane.id, step.record.id);
  if (kind.look === "curve") return <OutlineEmotion view={view} step={step} lane={lane} />;
  if (!holdsCards(lane) || (cards.length === 0 && !all)) return null;
  const add = (): void => {
    const id = view.verbs.addCard(lane.id, step.record.id);
    edit(id);
  };
  return (
    <div class={kind.tint}>
      <h5>
        <Icon name={kind.icon} size="m" />
        {laneName(lane)}
      </h5>
      <ul>
        {cards.map((card) => (
          <li key={card.id}>
            {editing === card.id ? (
              <OutlineEdit view={view} card={card} label={laneName(lane)} done={() => edit(undefined)} />
            ) : (
              <>
                <button
                  type="button"
                  class="grow"
                  aria-label={`${w().menu.edit}: ${cardName(card, view.journey.momentsAt.get(card.id)?.length ?? 0)}`}
                  onFocus={() => view.selection.set([card.id])}
                  onClick={() => {
                    if (view.rights.edit(card)) edit(card.id);
                    else view.focus.toRecord(card.id);
                  }}
                >
                  {textField(card, "text") || w().map.emptyCard}
                </button>
                <button
                  type="button"
                  class="ib sm"
                  aria-haspopup="menu"
                  aria-label={w().menu.of(textField(card, "text"))}
                  onClick={(event) => openMenu(event.currentTarget, cardMenu(view, card), w().tool.more)}
                >
                  <Icon name="ellipsis" size="m" />
                </button>
              </>
            )}
          </li>
        ))}
        {view.rights.add ? (
          <li>
            <button type="button" class="lnk row gap4 small" onClick={add}>
              <Icon name="plus" size="s" />
              {w().outline.addTo(laneName(lane))}
            </button>
          </li>
        ) : null}
      </ul>
    </div>
  );
}

function OutlineEdit(props: {
  readonly view: MapView;
  readonly card: BoardRecord;
  readonly label: string;
  readonly done: () => void;
}) {
  const { view, card, done } = props;
  const place = (one: BoardRecord | undefined): string => `${one?.fields.lane} ${one?.fields.step}`;
  useGone(view, card.id, {
    there: () => place(view.record(card.id)) === place(card),
    close: done,
    rest: () => view.focus.panel(),
  });
  return (
    <div
      class="grow"
      onFocusOut={done}
      onKeyDown={(event) => {
        if (event.key === "Enter" && !event.shiftKey) {
          event.preventDefault();
          done();
          view.focus.toRecord(card.id);
        } else if (event.key === "Escape") done();
      }}
    >
      <TextInput view={view} id={card.id} field="text" label={props.label} rows={2} focus />
    </div>
  );
}

function OutlineEmotion({
  view,
  step,
  lane,
}: {
  readonly view: MapView;
  readonly step: Step;
  readonly lane: BoardRecord;
}) {
  const record = emotionOf(view.journey, step.record.id);
  if (record === undefined) return null;
  const value = numberField(record, "value");
  const because = reason(record);
  return (
    <div class="l-plain">
      <h5>
        <Icon name="heart-pulse" size="m" />
        {laneName(lane)}
      </h5>
      <ul>
        <li>
          <button
            type="button"
            class="grow row gap8"
            onClick={() => view.openDialog({ kind: "emotion", step: step.record.id })}
          >
            <Face value={value} size={24} />
            <span>
              {emotionWord(record)}
              {because === "" ? "" : `, ${because}`}
            </span>
            <span class="sp" />
            <b class="b tn nw">{hundredths(value)}</b>
          </button>
        </li>
      </ul>
    </div>
  );
}
