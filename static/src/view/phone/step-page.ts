// One step: how it feels, then lane by lane what is there, each with a way to add.
import { type BoardRecord, type ID, numberField, textField } from "../../board/record.ts";
import { el, icon } from "../dom.ts";
import { face, level, levelColor } from "../map/face.ts";
import { cardsIn, emotionOf, emotionValue, type Step } from "../map/journey.ts";
import { laneKind } from "../map/lane-kind.ts";
import { byWhom, laneName, stepName } from "../map/name.ts";
import type { MenuEntry } from "../menu.ts";
import { w } from "../words/index.ts";
import { moveEntries, type Phone } from "./board.ts";
import { editSheet } from "./sheet.ts";

export function stepPage(phone: Phone): HTMLElement[] {
  const { step, journey } = phone;
  if (step === undefined) return [el("p", "mut", {}, w().map.untitled)];
  const parts = [navigator(phone, step)];
  for (const marker of journey.markers) {
    if (textField(marker, "step") !== step.record.id) continue;
    const kinds = w().marker as Readonly<Record<string, string>>;
    const label = [kinds[textField(marker, "type") || "gap"], textField(marker, "text")]
      .filter(Boolean)
      .join(": ");
    parts.push(el("p", "pmark small b", {}, icon("circle-alert", "s"), label));
  }
  for (const lane of journey.lanes) {
    const { look } = laneKind(textField(lane, "type"));
    if (look === "curve") parts.push(emotionPart(phone, step));
    else if (look !== "line") parts.push(lanePart(phone, step, lane));
  }
  return parts;
}

function navigator(phone: Phone, step: Step): HTMLElement {
  const { steps } = phone.journey;
  const go = (way: -1 | 1): HTMLElement => {
    const to = (): Step | undefined => phone.journey.steps[(phone.step?.index ?? 0) + way];
    const label = way < 0 ? w().phone.previous : w().phone.next;
    const button = el(
      "button",
      "ib",
      { type: "button", "aria-label": label, "data-key": label },
      icon(way < 0 ? "chevron-left" : "chevron-right", "l"),
    );
    button.disabled = to() === undefined;
    button.addEventListener("click", () => phone.goTo(to()?.record.id));
    return button;
  };
  const choose = el("select", "", { "aria-label": w().phone.steps, "data-key": "steps" });
  for (const one of steps) {
    const option = el(
      "option",
      "",
      { value: one.record.id, selected: one === step },
      `${one.index + 1}. ${stepName(one.record, one.index)}`,
    );
    choose.append(option);
  }
  choose.addEventListener("change", () => phone.goTo(choose.value as ID));
  const where = w().phone.step(textField(step.phase, "title") || w().map.phase, step.index + 1, steps.length);
  const title = stepName(step.record, step.index);
  const middle = el(
    "div",
    "pstep",
    {},
    el("span", "small mut tn", {}, where),
    el("h2", "", {}, title),
    choose,
  );
  return el("div", "pnav", {}, go(-1), middle, go(1));
}

function emotionPart(phone: Phone, step: Step): HTMLElement {
  const record = emotionOf(phone.journey, step.record.id);
  const stored = emotionValue(phone.journey, step.record.id);
  const faces = el("div", "pfaces", { role: "radiogroup", "aria-label": w().phone.emotion });
  for (let value = -300; value <= 300; value += 100) {
    const on = typeof stored === "number" && level(stored) * 100 === value;
    const button = el("button", "", {
      type: "button",
      role: "radio",
      "aria-checked": String(on),
      "aria-label": w().emotion.levels[value / 100 + 3],
      "data-key": `face${value}`,
    });
    const round = el("span", "face", {}, face(value));
    round.style.setProperty("--c", levelColor(value));
    button.append(round);
    button.disabled = !phone.rights.add;
    button.addEventListener("click", () => phone.feel(step.record.id, value));
    faces.append(button);
  }
  const part = el(
    "section",
    "plane l-plain",
    {},
    el("h3", "", {}, icon("heart-pulse", "m"), w().phone.emotion),
    faces,
  );
  if (record !== undefined && phone.rights.add) {
    for (const field of ["word", "because"] as const) {
      const label = w().emotion[field];
      const button = el(
        "button",
        "pline",
        { type: "button", "data-key": field + record.id },
        el("span", "small mut", {}, label),
        el("span", "", {}, textField(record, field)),
      );
      button.addEventListener("click", () =>
        editSheet(phone.replica, record.id, field, {
          title: label,
          line: field === "word",
        }),
      );
      part.append(button);
    }
  }
  return part;
}

function lanePart(phone: Phone, step: Step, lane: BoardRecord): HTMLElement {
  const kind = laneKind(textField(lane, "type"));
  const cards = cardsIn(phone.journey, lane.id, step.record.id);
  const head = el("h3", "", {}, icon(kind.icon, "m"), laneName(lane));
  const part = el("section", `plane ${kind.tint}`, {}, head);
  if (phone.rights.add) {
    const add = el(
      "button",
      "ib",
      { type: "button", "aria-label": w().phone.addTo(laneName(lane)), "data-key": `add ${lane.id}` },
      icon("plus", "l"),
    );
    add.addEventListener("click", () => {
      const id = phone.replica.newID("card");
      if (!phone.propose([{ type: "addCard", id, lane: lane.id, step: step.record.id }])) return;
      editSheet(phone.replica, id, "text", {
        title: laneName(lane),
        onClose: (text) => {
          if (text.trim() === "") phone.propose([{ type: "delete", id }]);
        },
      });
    });
    head.append(add);
  }
  if (cards.length === 0) {
    part.append(
      el(
        "p",
        "small mut",
        {},
        (w().prompt as Readonly<Record<string, string>>)[textField(lane, "type")] ?? w().phone.emptyLane,
      ),
    );
    return part;
  }
  const list = el("ul", "box");
  for (const card of cards) list.append(cardRow(phone, card, lane));
  part.append(list);
  return part;
}

function cardRow(phone: Phone, card: BoardRecord, lane: BoardRecord): HTMLElement {
  const text = textField(card, "text") || w().map.emptyCard;
  const may = phone.rights.edit(card);
  const edit = (): void => editSheet(phone.replica, card.id, "text", { title: laneName(lane) });
  const words = el(may ? "button" : "span", "grow", may ? { type: "button", "data-key": card.id } : {}, text);
  if (may) words.addEventListener("click", edit);
  const row = el("li", "", {}, words);
  if (phone.journey.momentsAt.has(card.id))
    row.prepend(el("span", "dia", { role: "img", "aria-label": w().moment.one }));
  const severity = numberField(card, "severity");
  if (severity > 0) row.append(el("span", "small mut nw", {}, w().card.severity(severity)));
  if (may || phone.rights.add) {
    const more = el(
      "button",
      "ib",
      {
        type: "button",
        "aria-haspopup": "menu",
        "aria-label": w().phone.cardMenu(text),
        "data-key": `menu ${card.id}`,
      },
      icon("ellipsis", "l"),
    );
    more.addEventListener("click", () =>
      phone.menu(more, cardEntries(phone, card, may, edit), w().phone.cardMenu(text)),
    );
    row.append(more);
  }
  return row;
}

function cardEntries(phone: Phone, card: BoardRecord, may: boolean, edit: () => void): readonly MenuEntry[] {
  const entries: MenuEntry[] = [{ cap: byWhom(phone.replica, card) }];
  if (may) {
    entries.push(
      { label: w().menu.edit, icon: "pencil", run: edit },
      { label: w().menu.moveTo, icon: "move", sub: () => moveEntries(phone, card) },
      {
        label: w().menu.toTray,
        icon: "inbox",
        run: () => phone.move(card, "", ""),
      },
    );
  }
  if (phone.rights.add && !phone.journey.momentsAt.has(card.id)) {
    entries.push({
      label: w().moment.mark,
      icon: "diamond",
      run: () => {
        const id = phone.replica.newID("moment");
        const title = textField(card, "text").slice(0, 200).replaceAll("\n", " ");
        phone.propose([{ type: "add", id, fields: { target: card.id, title, importance: 1 } }]);
      },
    });
  }
  if (may) {
    entries.push(
      { line: true },
      { label: w().menu.delete, icon: "trash-2", bad: true, run: () => phone.remove(card) },
    );
  }
  return entries;
}
