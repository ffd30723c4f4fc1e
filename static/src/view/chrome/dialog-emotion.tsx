// How a step feels: value, one word, the reason, how sure that is.
import { type ID, numberField, textField } from "../../board/record.ts";
import { level } from "../map/face.ts";
import { emotionOf } from "../map/journey.ts";
import { stepName } from "../map/name.ts";
import { tiers } from "../map/tier.ts";
import type { MapView } from "../map/view.ts";
import { hundredths, w } from "../words/index.ts";
import { useGone } from "./gone.ts";
import { chooseByArrows, Face, Modal, Said } from "./parts.tsx";
import { TextInput } from "./text-input.tsx";

export function EmotionDialog({
  view,
  step,
  onClose,
}: {
  readonly view: MapView;
  readonly step: ID;
  readonly onClose: () => void;
}) {
  view.drawings.value;
  const at = view.journey.stepAt.get(step);
  const record = emotionOf(view.journey, step);
  const value = numberField(record, "value");
  const may = view.rights.add;
  useGone(view, step, {
    there: () => view.journey.stepAt.has(step),
    close: onClose,
    rest: () => view.focus.enter(),
  });
  useGone(view, view.journey.persona?.id, { close: onClose, rest: () => view.focus.enter() });
  useGone(view, record?.id, {
    there: () => !view.journey.stepAt.has(step) || view.record(record?.id) !== undefined,
    close: () => undefined,
    rest: () => document.querySelector<HTMLElement>("dialog .faces [tabindex='0'], dialog button")?.focus(),
  });
  if (at === undefined) return null;
  const set = (next: number): void => {
    view.verbs.setEmotion(step, { value: next });
  };
  const tier = (textField(record, "tier") || "none") as keyof ReturnType<typeof w>["tier"];
  const face = record === undefined ? undefined : level(value) * 100;
  return (
    <Modal title={w().emotion.title(stepName(at.record, at.index))} onClose={onClose}>
      <div class="stack">
        {may ? (
          <div
            class="faces"
            role="radiogroup"
            aria-label={w().emotion.of(stepName(at.record, at.index))}
            onKeyDown={chooseByArrows}
          >
            {[-300, -200, -100, 0, 100, 200, 300].map((one) => {
              const on = face === one;
              return (
                <button
                  key={one}
                  type="button"
                  role="radio"
                  aria-checked={on}
                  tabIndex={one === (face ?? 0) ? 0 : -1}
                  title={hundredths(one)}
                  onClick={() => set(one)}
                >
                  <Face value={one} size={40} />
                  {w().emotion.levels[one / 100 + 3]}
                </button>
              );
            })}
          </div>
        ) : (
          <p class="row gap8 b">
            {record === undefined ? null : <Face value={value} size={40} />}
            {record === undefined ? w().emotion.none : w().emotion.levels[level(value) + 3]}
          </p>
        )}
        {record === undefined ? null : (
          <>
            <TextInput view={view} id={record.id} field="word" label={w().emotion.word} disabled={!may} />
            {may ? (
              <div class="words" role="group" aria-label={w().emotion.fitting}>
                {(w().emotion.words[level(value) + 3] ?? []).map((word) => (
                  <button
                    key={word}
                    type="button"
                    aria-pressed={textField(record, "word") === word}
                    onClick={() => view.verbs.emotionWord(record.id, word)}
                  >
                    {word}
                  </button>
                ))}
              </div>
            ) : null}
            <TextInput
              view={view}
              id={record.id}
              field="because"
              label={w().emotion.because}
              placeholder={w().emotion.becausePlaceholder}
              rows={3}
              disabled={!may}
            />
            {may ? (
              <div>
                <span class="lbl">{w().emotion.howSure}</span>
                <span class="seg" role="group" aria-label={w().emotion.howSure}>
                  {tiers.map((tier) => (
                    <button
                      key={tier}
                      type="button"
                      aria-pressed={record.fields.tier === tier}
                      onClick={() =>
                        view.verbs.set(record.id, { tier: record.fields.tier === tier ? null : tier })
                      }
                    >
                      {w().tier[tier]}
                    </button>
                  ))}
                </span>
              </div>
            ) : (
              <Said label={w().emotion.howSure} text={w().tier[tier]} />
            )}
            <div class="row gap8">
              {may ? (
                <button
                  type="button"
                  class="btn bad sm"
                  onClick={() => {
                    view.verbs.propose([{ type: "delete", id: record.id }]);
                    onClose();
                  }}
                >
                  {w().emotion.clear}
                </button>
              ) : null}
              <span class="sp" />
              <button type="button" class={may ? "btn pri" : "btn sec"} onClick={onClose}>
                {may ? w().common.ok : w().common.close}
              </button>
            </div>
          </>
        )}
      </div>
    </Modal>
  );
}
