// What is measured on a card: now and target, in hundredths on the board.
import { type ID, textField } from "../../board/record.ts";
import type { MapView } from "../map/view.ts";
import { hundredths, w } from "../words/index.ts";
import { readHundredths } from "../words/number.ts";
import { useGone } from "./gone.ts";
import { NumberInput } from "./number-input.tsx";
import { Modal } from "./parts.tsx";
import { TextInput } from "./text-input.tsx";

export function KpiDialog({
  view,
  id,
  onClose,
}: {
  readonly view: MapView;
  readonly id: ID;
  readonly onClose: () => void;
}) {
  view.drawings.value;
  useGone(view, id, { close: onClose, rest: () => view.focus.enter() });
  const card = view.record(id);
  if (card === undefined) return null;
  const shown = (field: "now" | "target"): string => {
    const value = card.fields[field];
    return typeof value === "number" ? hundredths(value, 0, false) : "";
  };
  const number = (field: "now" | "target") => (
    <NumberInput
      label={w().kpi[field]}
      shown={shown(field)}
      take={(typed) => {
        const value = readHundredths(typed, textField(card, "unit"));
        if (typed !== "" && value === undefined) return false;
        view.verbs.set(id, { [field]: value ?? null });
        return true;
      }}
      wrong={(typed) => w().kpi.wrong(typed, shown(field))}
    />
  );
  return (
    <Modal title={w().kpi.title} onClose={onClose}>
      <div class="stack">
        <TextInput view={view} id={id} field="metric" label={w().kpi.metric} focus />
        <div class="three">
          {number("now")}
          {number("target")}
          <label class="fld">
            <span class="lbl">{w().kpi.unit}</span>
            <input
              class="in"
              maxLength={8}
              defaultValue={textField(card, "unit")}
              placeholder="%"
              onChange={(event) => view.verbs.set(id, { unit: event.currentTarget.value.trim() || null })}
            />
          </label>
        </div>
        <div class="row gap8">
          <button
            type="button"
            class="btn bad sm"
            onClick={() => {
              view.verbs.set(id, { now: null, target: null, unit: null });
              onClose();
            }}
          >
            {w().kpi.clear}
          </button>
          <span class="sp" />
          <button
            type="button"
            class="btn pri"
            onClick={(event) => {
              const wrong = event.currentTarget
                .closest("dialog")
                ?.querySelector<HTMLElement>('[aria-invalid="true"]');
              if (wrong) wrong.focus();
              else onClose();
            }}
          >
            {w().common.ok}
          </button>
        </div>
      </div>
    </Modal>
  );
}
