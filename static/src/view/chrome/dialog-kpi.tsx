// What is measured on a card: now and target, in hundredths on the board.
import { type ID, textField } from "../../board/record.ts";
import type { MapView } from "../map/view.ts";
import { hundredths, w } from "../words/index.ts";
import { useGone } from "./gone.ts";
import { Modal } from "./parts.tsx";
import { TextInput } from "./text-input.tsx";

/** Reads a number as people of either language write it; undefined when it is none. */
export function readHundredths(text: string): number | undefined {
  const plain = text.trim().replace("−", "-").replace(/\s/g, "");
  const value = Number(/,\d{1,2}$/.test(plain) ? plain.replaceAll(".", "").replace(",", ".") : plain);
  return plain === "" || !Number.isFinite(value) ? undefined : Math.round(value * 100);
}

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
    return typeof value === "number" ? hundredths(value) : "";
  };
  const set = (field: string, text: string): void => {
    view.verbs.set(id, { [field]: readHundredths(text) ?? null });
  };
  return (
    <Modal title={w().kpi.title} onClose={onClose}>
      <div class="stack">
        <TextInput view={view} id={id} field="metric" label={w().kpi.metric} focus />
        <div class="three">
          <label class="fld">
            <span class="lbl">{w().kpi.now}</span>
            <input
              class="in"
              inputMode="decimal"
              defaultValue={shown("now")}
              onChange={(event) => set("now", event.currentTarget.value)}
            />
          </label>
          <label class="fld">
            <span class="lbl">{w().kpi.target}</span>
            <input
              class="in"
              inputMode="decimal"
              defaultValue={shown("target")}
              onChange={(event) => set("target", event.currentTarget.value)}
            />
          </label>
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
          <button type="button" class="btn pri" onClick={onClose}>
            {w().common.ok}
          </button>
        </div>
      </div>
    </Modal>
  );
}
