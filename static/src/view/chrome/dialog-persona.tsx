// Whose journey it is.
import { type ID, numberField, textField } from "../../board/record.ts";
import { stickyColors } from "../map/sticky.ts";
import type { MapView } from "../map/view.ts";
import { w } from "../words/index.ts";
import { useGone } from "./gone.ts";
import { NumberInput } from "./number-input.tsx";
import { chooseByArrows, Modal, Said } from "./parts.tsx";
import { TextInput } from "./text-input.tsx";

const long = [
  "situation",
  "demographics",
  "problems",
  "wishes",
  "motivations",
  "obligations",
  "abilities",
  "values",
] as const;

export function PersonaDialog({
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
  const persona = view.record(id);
  if (persona === undefined) return null;
  const may = view.rights.edit(persona);
  const age = String(numberField(persona, "age") || "");
  const chosen = textField(persona, "color") || "apricot";
  const names = w().color as Readonly<Record<string, string>>;
  return (
    <Modal title={textField(persona, "name") || w().persona.one} onClose={onClose}>
      <div class="stack">
        <div class="name-age">
          <TextInput view={view} id={id} field="name" label={w().persona.name} disabled={!may} focus />
          {may ? (
            <NumberInput
              label={w().persona.age}
              shown={age}
              whole
              take={(typed) => {
                if (!/^\d*$/.test(typed) || Number(typed) > 150) return false;
                view.verbs.set(id, { age: Number(typed) || null });
                return true;
              }}
              wrong={(typed) => w().persona.wrongAge(typed, age)}
            />
          ) : (
            <Said label={w().persona.age} text={age} />
          )}
        </div>
        <TextInput
          view={view}
          id={id}
          field="about"
          label={w().persona.about}
          placeholder={w().persona.aboutPlaceholder}
          disabled={!may}
        />
        {may ? (
          <div class="swatchrow" role="radiogroup" aria-label={w().menu.color} onKeyDown={chooseByArrows}>
            {stickyColors.map((color) => (
              <button
                key={color}
                type="button"
                role="radio"
                aria-checked={chosen === color}
                tabIndex={chosen === color ? 0 : -1}
                aria-label={names[color] ?? color}
                style={{ "--c": `var(--${color})` }}
                onClick={() => view.verbs.set(id, { color })}
              />
            ))}
          </div>
        ) : null}
        {long.map((field) => (
          <TextInput
            key={field}
            view={view}
            id={id}
            field={field}
            label={w().persona[field]}
            rows={2}
            disabled={!may}
          />
        ))}
      </div>
    </Modal>
  );
}
