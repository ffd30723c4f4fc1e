// The moments of truth, to read.
import { numberField, textField } from "../../board/record.ts";
import { el } from "../dom.ts";
import { face, levelColor } from "../map/face.ts";
import { emotionValue, stepOf } from "../map/journey.ts";
import { w } from "../words/index.ts";
import type { Phone } from "./board.ts";

export function momentList(phone: Phone): HTMLElement[] {
  const { journey } = phone;
  if (journey.moments.length === 0) return [el("p", "mut", {}, w().moment.empty)];
  const rows = journey.moments
    .map((moment) => ({ moment, step: stepOf(journey, moment) }))
    .sort((a, b) => (a.step?.index ?? 1e6) - (b.step?.index ?? 1e6));
  return rows.map(({ moment, step }) => {
    const value = step && emotionValue(journey, step.record.id);
    const mark = typeof value === "number" ? el("span", "face", {}, face(value)) : el("span", "dia");
    if (typeof value === "number") mark.style.setProperty("--c", levelColor(value));
    const head = el(
      "button",
      "row gap8",
      { type: "button", "data-key": moment.id },
      mark,
      el(
        "span",
        "grow",
        {},
        el("b", "b", {}, textField(moment, "title") || w().moment.one),
        el(
          "small",
          "mut",
          {},
          step === undefined
            ? ""
            : `${w().map.stepNumber(step.index + 1)}, ${textField(step.record, "title")}`,
        ),
      ),
    );
    head.addEventListener("click", () => phone.goTo(stepOf(phone.journey, moment)?.record.id));
    const card = el("article", "box pmoment", {}, head);
    for (const field of ["evidence", "decision"] as const) {
      const text = textField(moment, field);
      if (text !== "") card.append(el("h2", "small b mut", {}, w().moment[field]), el("p", "", {}, text));
    }
    const weight = numberField(moment, "importance");
    if (weight > 0) card.append(el("p", "small mut", {}, `${w().moment.importance}: ${weight} / 3`));
    return card;
  });
}
