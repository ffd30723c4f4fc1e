// Every verb of the map by mouse alone; only words are typed. Each step looks at what a second person sees, and again
// after that person has loaded the page anew.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { eventually } from "./eventually.ts";
import { converged, type Person } from "./person.ts";
import { Stage } from "./stage.ts";
import { still } from "./still.ts";
import { Table } from "./table.ts";

const first = "Mein Tarif wird teurer";
const second = "Ich höre von einem Tarif";

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A point of a node: how far along its width and its height. */
async function at(node: Locator, fx = 0.5, fy = 0.5): Promise<Point> {
  await still(node.page());
  const box = await node.boundingBox();
  assert(box !== null);
  return { x: box.x + box.width * fx, y: box.y + box.height * fy };
}

/** Lets go of what is selected by a click on the paper: its toolbar lies over what is beside it. */
async function rest(person: Person): Promise<void> {
  await person.page.mouse.click(5, 500);
  await person.page.locator(".minitb").waitFor({ state: "hidden" });
}

async function drag(person: Person, from: Point, to: Point): Promise<void> {
  const { mouse } = person.page;
  await rest(person);
  await mouse.move(from.x, from.y);
  await mouse.down();
  await mouse.move(to.x, to.y, { steps: 5 });
  await mouse.up();
}

/** Writes where the caret is, and ends by a click on the paper. */
async function write(person: Person, words: string): Promise<void> {
  await person.page.locator(".editor").waitFor();
  await person.keys(`"${words}"`);
  await rest(person);
  await person.page.locator(".editor").waitFor({ state: "detached" });
}

/** Chooses from the menu that is open, one entry after the other. */
async function choose(person: Person, ...entries: readonly string[]): Promise<void> {
  for (const entry of entries)
    await person.page.locator('[role^="menuitem"]').filter({ hasText: entry }).first().click();
}

/** Opens the menu of a head by the button that the mouse brings up there. */
async function menu(person: Person, head: Locator, ...entries: readonly string[]): Promise<void> {
  await head.hover();
  await head.locator("[data-menu]").click();
  await choose(person, ...entries);
}

/** Takes back what the toast offers to take back. */
async function undoToast(person: Person): Promise<void> {
  const undo = person.button(person.w.deleted.undo, person.page.locator(".toast"));
  await undo.click();
  await undo.waitFor({ state: "detached" });
}

/** Restores something from the panel of what was deleted, and closes the panel. */
async function restore(person: Person, name: string): Promise<void> {
  const { w, page } = person;
  await person
    .button(new RegExp(`^${w.tool.deleted}`), page.getByRole("toolbar", { name: w.tool.tools }))
    .click();
  const panel = page.getByRole("complementary", { name: w.deleted.name });
  await person.button(new RegExp(`^${w.deleted.restore}: .*${name}`), panel).click();
  await person.button(w.common.close, panel).click();
  await panel.waitFor({ state: "detached" });
}

/** The names of nodes, in the order in which they are read, without what stands before and behind. */
async function names(nodes: Locator): Promise<readonly string[]> {
  const all = await nodes.evaluateAll((found) =>
    found.map((node) => node.querySelector(".txt")?.textContent ?? ""),
  );
  return all.map((name) => name.replaceAll("\u00ad", ""));
}

/** Both see these names, in this order. */
async function both(
  people: readonly [Person, Person],
  nodes: (person: Person) => Locator,
  want: readonly string[],
): Promise<void> {
  await converged(...people);
  for (const person of people) {
    let last: readonly string[] = [];
    await eventually(
      `${person.name} sees ${want.join(", ")}`,
      async () => {
        last = await names(nodes(person));
        return last.join("\n") === want.join("\n");
      },
      () => last,
    );
  }
}

async function reload(person: Person): Promise<void> {
  await person.page.reload();
  await person.open();
}

test("by mouse: cards are added, edited, reordered, moved, spanned, deleted and restored", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  const { w, page } = ana;
  const cards = (step: string) => (person: Person) =>
    person.cell(person.w.lane.pains, step).locator("[data-kind=card]");
  const see = (step: string, ...want: readonly string[]) => both([ana, ben], cards(step), want);
  const one = (name: string): Locator =>
    ana.cell(w.lane.pains, first).locator("[data-kind=card]", { hasText: name });

  const cell = ana.cell(w.lane.pains, first);
  for (const name of ["Eins", "Zwei", "Drei"]) {
    await cell.hover();
    await ana.button(w.map.addCard, cell).click();
    await write(ana, name);
  }
  await see(first, "Eins", "Zwei", "Drei");
  await one("Zwei").dblclick();
  await write(ana, "einhalb");
  await see(first, "Eins", "Zweieinhalb", "Drei");

  await drag(ana, await at(one("Drei")), await at(one("Eins"), 0.5, 0.1));
  await see(first, "Drei", "Eins", "Zweieinhalb");
  await drag(ana, await at(one("Drei")), await at(one("Zweieinhalb"), 0.5, 0.95));
  await see(first, "Eins", "Zweieinhalb", "Drei");
  await drag(ana, await at(one("Zweieinhalb")), await at(ana.cell(w.lane.pains, second)));
  await see(first, "Eins", "Drei");
  await see(second, "Zweieinhalb");

  const wide = (steps: number) => (person: Person) =>
    person.card(steps === 1 ? "Drei" : `Drei, ${person.w.card.spans(steps)}`);
  for (const steps of [3, 1, 2]) {
    await one("Drei").hover();
    const grip = one("Drei").locator("[data-grip]");
    const { y } = await at(grip);
    const end = await at(
      ana.cell(w.lane.actions, [first, second, "Ich vergleiche Angebote"][steps - 1] ?? ""),
      0.97,
    );
    await drag(ana, await at(grip), { x: end.x, y });
    await both([ana, ben], wide(steps), ["Drei"]);
  }

  await one("Eins").click();
  await ana.button(w.menu.delete, page.getByRole("toolbar", { name: w.tool.selection })).click();
  await see(first, "Drei");
  await undoToast(ana);
  await see(first, "Eins", "Drei");
  await one("Eins").click({ button: "right" });
  await choose(ana, w.menu.delete);
  await see(first, "Drei");
  await reload(ben);
  await see(first, "Drei");
  await restore(ana, "Eins");
  await see(first, "Eins", "Drei");

  await reload(ben);
  await see(first, "Eins", "Drei");
  await see(second, "Zweieinhalb");
  await both([ana, ben], wide(2), ["Drei"]);
});

test("by mouse: steps, phases and lanes are added, renamed, dragged, deleted and restored", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben");
  const { w } = ana;
  const steps = (person: Person): Locator => person.page.locator("#map .st");
  const phases = (person: Person): Locator => person.page.locator("#map .ph");
  const lanes = (person: Person): Locator => person.page.locator("#map .lh");
  const see = (nodes: (person: Person) => Locator, want: readonly string[]) => both([ana, ben], nodes, want);
  /** A list with something put behind something else. */
  const put = (list: readonly string[], name: string, after: string): readonly string[] =>
    list.toSpliced(list.indexOf(after) + 1, 0, name);
  const had = { steps: await names(steps(ana)), phases: await names(phases(ana)) };
  const [a = "", , c = ""] = had.phases;

  const step = steps(ana).filter({ hasText: "Neu" });
  await menu(ana, steps(ana).first(), w.menu.addStepAfter);
  await write(ana, "Neuer Schritt");
  await see(steps, put(had.steps, "Neuer Schritt", first));
  await step.dblclick();
  await write(ana, "!");
  await see(steps, put(had.steps, "Neuer Schritt!", first));
  const fourth = had.steps[3] ?? "";
  await drag(ana, await at(step), await at(steps(ana).nth(4), 0.9));
  const moved = put(had.steps, "Neuer Schritt!", fourth);
  await see(steps, moved);
  await menu(ana, step, w.menu.delete);
  await see(steps, had.steps);
  await restore(ana, "Neuer Schritt!");
  await see(steps, moved);

  const phase = phases(ana).filter({ hasText: "Neu" });
  await menu(ana, phases(ana).first(), w.menu.addPhaseAfter);
  await write(ana, "Neue Phase");
  await see(phases, put(had.phases, "Neue Phase", a));
  await phase.dblclick();
  await write(ana, "!");
  await see(phases, put(had.phases, "Neue Phase!", a));
  await drag(ana, await at(phase), await at(phases(ana).filter({ hasText: c }), 0.95));
  const turned = put(had.phases, "Neue Phase!", c);
  await see(phases, turned);
  await menu(ana, phase, w.menu.delete);
  await see(phases, had.phases);
  await restore(ana, "Neue Phase!");
  await see(phases, turned);

  const shown = await names(lanes(ana));
  const lane = lanes(ana).filter({ hasText: "Was fehlt" });
  await ana.button(w.map.addLane).click();
  await choose(ana, w.lane.custom);
  await see(lanes, [...shown, w.lane.custom]);
  await lanes(ana).last().dblclick();
  await write(ana, "Was fehlt");
  await see(lanes, [...shown, "Was fehlt"]);
  await drag(ana, await at(lane), await at(lanes(ana).first(), 0.5, 0.1));
  await see(lanes, ["Was fehlt", ...shown]);
  await menu(ana, lane, w.menu.delete);
  await see(lanes, shown);
  await restore(ana, "Was fehlt");
  await see(lanes, ["Was fehlt", ...shown]);

  await reload(ben);
  await see(lanes, ["Was fehlt", ...shown]);
  await see(phases, turned);
  const order = await names(steps(ana));
  await see(steps, order);
  assert.deepEqual(
    [...order].sort(),
    [...moved, ""].sort(),
    "every step is there, and the one of the new phase",
  );
});

test("a card that is held at the edge takes the view along until it leaves the edge, is dropped or Escape is pressed", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage);
  const { page, w } = ana;
  const { mouse } = page;
  await page.setViewportSize({ width: 900, height: 700 });
  await ana.still();
  const lane = w.lane.touchpoints;
  const left = async (): Promise<number> => (await page.locator("#map").boundingBox())?.x ?? Number.NaN;
  const moves = async (far: (now: number) => boolean): Promise<void> => {
    await eventually("the view goes along", async () => far(await left()), left);
  };
  const rests = async (): Promise<void> => {
    await ana.still();
    const now = await left();
    await ana.twoFrames();
    await ana.twoFrames();
    assert.equal(await left(), now, "the view rests");
  };
  const card = ana.cell(lane, first).locator(".card");
  const id = await card.getAttribute("data-id");
  const own = page.locator(`[data-id="${id}"]`);
  const ghost = page.locator(".ghost");
  const from = await at(card);
  const begin = await left();

  await mouse.move(from.x, from.y);
  await mouse.down();
  await mouse.move(880, from.y, { steps: 3 });
  await moves((now) => now < begin - 200);
  await mouse.move(600, from.y);
  await rests();
  const again = await left();
  await mouse.move(20, from.y);
  await moves((now) => now > again + 100);
  const held = await ghost.boundingBox();
  assert(held !== null && held.x < 20 && held.x + held.width > 20, "the card is under the pointer");
  await stage.picture(ana, "held-at-the-edge");
  await mouse.move(880, from.y);
  await eventually("it ends with the map", async () => {
    const now = await left();
    await ana.twoFrames();
    return (await left()) === now;
  });
  await mouse.move(680, from.y);
  await mouse.up();
  await ghost.waitFor({ state: "detached" });
  await rests();
  await ana.cell(lane, "Ich bleibe gern").locator(own).waitFor();
  const landed = await at(own);
  const { seq } = await ana.settled();

  const there = await left();
  await mouse.move(landed.x, landed.y);
  await mouse.down();
  await mouse.move(20, landed.y, { steps: 3 });
  await moves((now) => now > there + 100);
  await ana.keys("Escape");
  await ghost.waitFor({ state: "detached" });
  await rests();
  await mouse.up();
  assert.equal((await ana.settled()).seq, seq, "Escape has moved nothing");
});

test("a card is dragged out of the tray while another takes it out of there, or deletes it", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  const { mouse } = ben.page;
  const ghosts = async (n: number, ...people: readonly Person[]): Promise<void> => {
    for (const person of people)
      await eventually(
        `${person.name} sees ${n} dragged`,
        async () => (await person.page.locator(".ghost").count()) === n,
      );
  };
  const row = ben.page.locator(".tray li");
  const to = await at(ben.cell(ben.w.lane.pains, second));
  const lift = async (): Promise<void> => {
    const from = await at(row);
    await mouse.move(from.x, from.y);
    await mouse.down();
    await mouse.move(to.x, to.y, { steps: 5 });
    await ghosts(1, ben);
  };
  const intoTray = async (name: string): Promise<void> => {
    const card = ana.cell(ana.w.lane.pains, first).locator("[data-kind=card]", { hasText: name });
    await card.click({ button: "right" });
    await choose(ana, ana.w.menu.moveTo, ana.w.menu.toTray);
    await row.waitFor();
    await converged(ana, ben);
  };
  await ana.cell(ana.w.lane.pains, first).focus();
  await ana.keys('"Eins"', "Enter", '"Zwei"', "Escape");
  await ben.button(new RegExp(`^${ben.w.tool.tray}`)).click();

  await intoTray("Eins");
  await lift();
  await ben.keys("Escape");
  await ghosts(0, ana, ben);
  await mouse.up();
  await row.waitFor();
  await lift();
  await ana.keys("Control+z");
  await row.waitFor({ state: "detached" });
  await ghosts(1, ana, ben);
  await mouse.up();
  await ghosts(0, ana, ben);
  await both([ana, ben], (person) => person.cell(person.w.lane.pains, second).locator("[data-kind=card]"), [
    "Eins",
  ]);

  await intoTray("Zwei");
  await lift();
  await ana.keys("Control+z");
  await row.waitFor({ state: "detached" });
  await ghosts(1, ana, ben);
  await ana.cell(ana.w.lane.pains, first).locator("[data-kind=card]").focus();
  await ana.keys("Delete");
  await ben.page.locator(".toast", { hasText: ben.w.refused.gone }).waitFor();
  await ghosts(0, ana, ben);
  await mouse.up();
  assert.equal(await ben.page.locator(".hot, .slot, .lifted").count(), 0);
  await converged(ana, ben);
});
