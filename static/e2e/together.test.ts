// Two and three people on one board, at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { eventually } from "./eventually.ts";
import { converged, type Person } from "./person.ts";
import { Stage } from "./stage.ts";
import { Table } from "./table.ts";

const step = "Ich höre von einem Tarif";

/** Adds a card to a cell by typing into it. */
async function add(person: Person, lane: string, to: string, text: string): Promise<void> {
  const cell = person.cell(lane, to);
  await cell.focus();
  await person.keys(`"${text}"`, "Control+Enter");
}

test("three people add cards at once, and all of them see all", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  const cem = await table.guest("Cem", "participant", { device: "phone" });
  const { w } = ana;

  const phone = async (): Promise<void> => {
    await cem.page.getByRole("combobox", { name: cem.w.phone.steps }).selectOption({ label: `2. ${step}` });
    await cem.button(cem.w.phone.addTo(cem.w.lane.pains)).tap();
    await cem.page.getByRole("dialog").getByRole("textbox").fill("Vom Telefon");
    await cem.button(cem.w.phone.save).tap();
  };
  await Promise.all([
    add(ana, w.lane.pains, step, "Von Ana"),
    add(ben, ben.w.lane.pains, step, "From Ben"),
    phone(),
  ]);
  await converged(ana, ben, cem);
  for (const text of ["Von Ana", "From Ben", "Vom Telefon"]) {
    await ana.card(text, ana.cell(w.lane.pains, step)).waitFor();
    await ben.card(text, ben.cell(ben.w.lane.pains, step)).waitFor();
    await cem.page.getByText(text, { exact: true }).waitFor();
  }
  const order = (person: Person): Promise<string[]> =>
    person
      .cell(person.w.lane.pains, step)
      .getByRole("option")
      .evaluateAll((nodes) => nodes.map((n) => n.ariaLabel ?? ""));
  assert.deepEqual(await order(ana), await order(ben), "in the same order");
});

test("two people type in one card, one takes back, and the other's letters stay", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  await add(ana, ana.w.lane.pains, step, "Preis");
  await converged(ana, ben);

  await ana.card("Preis").focus();
  await ana.keys("Enter", "Home");
  await ben.card("Preis").focus();
  await ben.keys("Enter", "End");
  // At once, for a pause between letters would begin another step of undo.
  await Promise.all([
    ana.page.keyboard.insertText("Hoher "),
    ben.page.keyboard.insertText(" im Kleingedruckten"),
  ]);
  const whole = "Hoher Preis im Kleingedruckten";
  const box = ana.page.getByRole("textbox", { name: /Preis/ });
  for (const { name, page } of [ana, ben])
    await eventually(
      `${name} has both`,
      async () => (await page.getByRole("textbox", { name: /Preis/ }).inputValue()) === whole,
    );
  await converged(ana, ben);
  await ana.keys("Control+z");
  await converged(ana, ben);
  assert.equal(await box.inputValue(), "Preis im Kleingedruckten", "one press, in the text itself");
  await ana.keys("Control+Shift+z");
  await converged(ana, ben);
  assert.equal(await box.inputValue(), whole);

  await ana.keys("Escape", "Control+z");
  await converged(ana, ben);
  await ana.card("Preis im Kleingedruckten").waitFor();
  assert.equal(
    await ben.page.getByRole("textbox", { name: /Preis/ }).inputValue(),
    "Preis im Kleingedruckten",
  );
  await ben.keys('"!"', "Escape");
  await converged(ana, ben);
  await ana.card("Preis im Kleingedruckten!").waitFor();
  await ana.keys("Control+Shift+z");
  await converged(ana, ben);
  await ben.card("Hoher Preis im Kleingedruckten!").waitFor();
});

test("one moves a card while the other deletes its step: the card is in the tray, and comes back", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  await add(ana, ana.w.lane.pains, step, "Wandert");
  await converged(ana, ben);
  const head = ben.page.getByRole("columnheader", { name: new RegExp(step) });
  await head.focus();
  await ben.keys("Delete");
  await converged(ana, ben);
  await ana.button(new RegExp(`^${ana.w.tool.tray}`)).click();
  await ana.page.getByText("Wandert").waitFor();
  await ben.keys("Control+z");
  await converged(ana, ben);
  await ana.card("Wandert", ana.cell(ana.w.lane.pains, step)).waitFor();
});

test("who has the board open twice is one person, and to themselves no other", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage, { lang: "en" });
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  const cem = await table.guest("Cem", "editor", { device: "phone", lang: "en" });
  const { w } = ana;
  const second = await ana.tab();
  await ana.open(second);
  const bens = await ben.tab();
  await ben.open(bens);
  // A cursor is seen of the second pages, so the first ones know them too.
  await second.mouse.move(700, 500);
  await ben.page.locator(".cur:not([hidden])", { hasText: "Ana" }).first().waitFor();
  await bens.mouse.move(700, 520);
  await ana.page.locator(".cur:not([hidden])", { hasText: "Ben" }).first().waitFor();
  for (const page of [ana.page, second, ben.page, bens])
    await page.getByRole("group", { name: w.tool.present(3) }).waitFor();
  assert.equal(await ana.button(w.tool.follow("Ana Berger")).count(), 0);
  assert.equal(await ana.button(w.tool.follow("Ben Muster")).count(), 1);
  assert.equal(await ben.button(w.tool.follow("Ana Berger")).count(), 1);
  assert.equal(await cem.page.getByTitle(w.tool.present(3)).textContent(), "3");
});

test("others are seen: who is here, what they have selected, what they type", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage, { lang: "en" });
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "de" });
  await ana.page.getByRole("group", { name: ana.w.tool.present(2) }).waitFor();
  await ana.button(ana.w.tool.follow("Ben Muster")).waitFor();
  const card = ben.card(/^Full price only at the very end/);
  await card.click();
  const ring = ana.page.locator(".ring");
  await ring.first().waitFor();
  await ring.locator("b").waitFor({ state: "hidden" });
  await ana.page.locator(".cur").getByText("Ben").waitFor();
  await ben.page.mouse.move(800, 900); // off the card: now the ring says whose it is
  await ring.getByText("Ben").waitFor();
  await stage.picture(ana, "board-together");
  await ben.page.close();
  await ana.page.getByRole("group", { name: ana.w.tool.present(1) }).waitFor();
});

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function middle(box: Box): { x: number; y: number } {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

function inside(point: { readonly x: number; readonly y: number }, box: Box): boolean {
  const { x, y } = point;
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

test("who made a card stands before when, also with a name that is read from the right", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage, { lang: "en" });
  const { host: ana } = table;
  const name = "Mira שלום";
  const mira = await table.guest(name, "editor", { lang: "en" });
  await mira.cell(mira.w.lane.pains, "I hear about a plan").focus();
  await mira.keys('"Hers"', "Escape");
  await ana.card("Hers").waitFor();
  await ana.page.clock.setFixedTime(Date.now() + 300_000); // by then a time is said, in figures
  await ana.card("Hers").click({ button: "right" });
  const cap = ana.page.locator("[role=menu] .cap", { hasText: ana.w.card.by(name) });
  await cap.waitFor();
  const [end, begin] = await cap.evaluate((node) => {
    const text = node.firstChild as Text;
    const box = (from: number, to: number): DOMRect => {
      const range = document.createRange();
      range.setStart(text, from);
      range.setEnd(text, to);
      return range.getBoundingClientRect();
    };
    const dot = text.data.indexOf("·");
    return [box(0, dot).right, box(dot, text.data.length).left];
  });
  assert(end !== undefined && begin !== undefined && end <= begin + 1, `${end} is left of ${begin}`);
});

test("by mouse: a card is dragged to another step, an emotion is drawn up, both are seen elsewhere", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  const { w, page } = ana;
  const card = ana.card(/^Endpreis erst ganz am Ende/);
  const to = ana.cell(w.lane.pains, step);
  await ana.still();
  const [from, target] = await Promise.all([card.boundingBox(), to.boundingBox()]);
  assert(from !== null && target !== null);
  await page.mouse.move(from.x + 30, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(target.x + target.width / 2, target.y + target.height / 2, { steps: 12 });
  const seen = async (query: string): Promise<Box> => {
    const box = await ben.page.locator(query).boundingBox();
    return box ?? { x: 0, y: 0, width: 0, height: 0 };
  };
  const there = ben.cell(ben.w.lane.pains, step);
  await eventually("Ben sees where the card would land", async () => {
    const [land, cell] = await Promise.all([seen(".land"), there.boundingBox()]);
    return cell !== null && inside(middle(land), cell) && land.width > cell.width / 2;
  });
  await eventually("and the card at Ana's pointer", async () => {
    const [ghost, { x, y }] = await Promise.all([seen(".ghost"), seen(".cur")]);
    return inside({ x, y }, ghost);
  });
  await page.mouse.up();
  await ana.card(/^Endpreis/, to).waitFor();
  const slider = page.getByRole("slider", { name: w.emotion.of("Mein Tarif wird teurer") });
  const low = Number(await slider.getAttribute("aria-valuenow"));
  await ana.still();
  const point = await slider.boundingBox();
  assert(point !== null);
  await page.mouse.move(point.x + point.width / 2, point.y + point.height / 2);
  await page.mouse.down();
  await page.mouse.move(point.x + point.width / 2, point.y - 40, { steps: 8 });
  await page.mouse.up();
  await converged(ana, ben);
  await ben.card(/^Endpreis/, ben.cell(ben.w.lane.pains, step)).waitFor();
  const high = Number(
    await ben.page
      .getByRole("slider", { name: ben.w.emotion.of("Mein Tarif wird teurer") })
      .getAttribute("aria-valuenow"),
  );
  assert(high > low, `the emotion went from ${low} to ${high}`);
});

test("what others drag is seen in their colour: an emotion, sizes, the heads of a step, a phase and a lane", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  const { mouse } = ana.page;
  const map = (person: Person, query: string): Locator => person.page.locator(`.world ${query}`);
  const box = async (node: Locator): Promise<Box> => {
    const found = await node.boundingBox();
    assert(found !== null);
    return found;
  };
  const colour = (node: Locator): Promise<string> =>
    node.evaluate((found) => getComputedStyle(found).getPropertyValue("--c"));
  /** Ana takes hold of something and has it elsewhere; Ben sees a form of it, in the colour of Ana's cursor. */
  const hold = async (node: Locator, dx: number, dy: number, form: string): Promise<Locator> => {
    await ana.still();
    const from = middle(await box(node));
    await mouse.move(from.x, from.y);
    await mouse.down();
    await mouse.move(from.x + dx, from.y + dy, { steps: 6 });
    const seen = map(ben, form);
    await seen.waitFor();
    assert.equal(await colour(seen), await colour(ben.page.locator(".cur", { hasText: "Ana" })));
    await map(ben, ".lifted").waitFor();
    return seen;
  };
  const gone = async (): Promise<void> => {
    for (const form of [".ghost", ".dropline", ".lifted"])
      await map(ben, form).waitFor({ state: "detached" });
  };
  const slider = (person: Person): Locator =>
    person.page.getByRole("slider", { name: person.w.emotion.of("Mein Tarif wird teurer") });
  const low = Number(await slider(ana).getAttribute("aria-valuenow"));

  const ghost = await hold(slider(ana), 0, -60, ".pt.ghost");
  await eventually("the point is where Ana has it", async () => {
    const [own, seen] = [await box(slider(ana)), await box(ghost)];
    const [cell, there] = [await box(slider(ana).locator("..")), await box(slider(ben).locator(".."))];
    const off = middle(own).y - cell.y - (middle(seen).y - there.y);
    return Math.abs(off) < 1.5 && Math.abs(middle(seen).x - middle(there).x) < 1.5;
  });
  assert.equal(Number(await slider(ben).getAttribute("aria-valuenow")), low, "nothing is set yet");
  await stage.picture(ben, "drag-emotion");
  await ana.keys("Escape");
  await gone();
  await mouse.up();
  await hold(slider(ana), 0, -60, ".pt.ghost");
  await mouse.up();
  await gone();
  await converged(ana, ben);
  assert(Number(await slider(ben).getAttribute("aria-valuenow")) > low);

  for (const [kind, text, grip, dx, dy] of [
    ["card", "Endpreis erst ganz", "[data-grip]", 300, 0],
    ["sticky", "Themenspeicher", ".size", -30, 50],
  ] as const) {
    const thing = (person: Person): Locator => map(person, `.${kind}[data-id]`).filter({ hasText: text });
    await thing(ana).hover();
    const before = await box(thing(ben));
    const grown = await hold(thing(ana).locator(grip), dx, dy, `.${kind}.ghost`);
    await eventually(`${kind}: it is where it was, as large as Ana has it`, async () => {
      const [own, seen] = [await box(thing(ana)), await box(grown)];
      const off = [seen.x - before.x, seen.y - before.y, seen.width - own.width, seen.height - own.height];
      return off.every((by) => Math.abs(by) < 2.5) && Math.abs(own.width - before.width) > 20;
    });
    await stage.picture(ben, `drag-size-${kind}`);
    await mouse.up();
    await gone();
    await converged(ana, ben);
  }

  for (const [kind, dx, dy] of [
    ["st", 330, 0],
    ["ph", 700, 0],
    ["lh", 0, 260],
  ] as const) {
    const line = await hold(map(ana, `.${kind}`).first(), dx, dy, ".dropline");
    await map(ben, `.${kind}.lifted`).waitFor();
    await eventually(`${kind}: the line is where Ana's is`, async () => {
      const [own, seen] = [await box(map(ana, ".dropline")), await box(line)];
      const [a, b] = [await box(map(ana, ".map")), await box(map(ben, ".map"))];
      if (kind !== "lh") return Math.abs(own.x - a.x - (seen.x - b.x)) < 1.5;
      const lanes = async (person: Person, y: number): Promise<number> => {
        const tops = await map(person, ".lh").evaluateAll((all) =>
          all.map((n) => n.getBoundingClientRect().top),
        );
        return tops.filter((top) => top < y + 3).length;
      };
      return (await lanes(ana, own.y)) === (await lanes(ben, seen.y)) && seen.width > 500;
    });
    await stage.picture(ben, `drag-${kind}`);
    await mouse.up();
    await gone();
    await converged(ana, ben);
  }

  await ana.button(ana.w.map.addStep).click();
  await ana.keys('"Ich denke zurück"', "Escape");
  await converged(ana, ben);
  await hold(map(ana, ".pt.none"), 0, -40, ".pt.ghost"); // none is set there yet
  await map(ben, ".pt.none.lifted").waitFor();
  await ana.page.close();
  await gone();
});
