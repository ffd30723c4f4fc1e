// Every verb of the map by keyboard alone: nothing here touches a mouse. Each step looks at what has the focus.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { enterGrid, menu, on, openDeleted, until } from "./keys.ts";
import { Stage } from "./stage.ts";
import { Table } from "./table.ts";

test("cards: add, edit, move, reorder, span, delete, restore", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage, { lang: "en" });
  const { w } = ana;
  await enterGrid(ana);
  await until(ana, "ArrowDown", /^gridcell: Pain points, Mein|^gridcell: Pain points, My plan/);
  await ana.keys('"First"', "Control+Enter");
  await on(ana, /^option: First/);
  await ana.keys("Enter", '" edited"', "Enter");
  await ana.keys('"Second"', "Escape");
  await on(ana, /^option: Second/);
  const pains = ana.cell(w.lane.pains, "My plan goes up in price");
  const names = (): Promise<string[]> =>
    pains.getByRole("option").evaluateAll((nodes) => nodes.map((n) => n.getAttribute("aria-label") ?? ""));
  assert.deepEqual(await names(), ["First edited", "Second"]);

  await ana.keys("Alt+ArrowUp");
  await on(ana, /^option: Second/);
  assert.deepEqual(await names(), ["Second", "First edited"]);
  await ana.keys("Control+Shift+ArrowRight");
  await on(ana, /^option: Second/);
  await ana.card("Second", ana.cell(w.lane.pains, "I hear about a plan")).waitFor();
  await ana.keys("Alt+Shift+ArrowRight");
  await ana.card(`Second, ${w.card.spans(2)}`).waitFor();
  await ana.keys("Alt+Shift+ArrowLeft");
  await ana.card("Second").waitFor();

  await ana.keys("Delete");
  await ana.card("Second").waitFor({ state: "detached" });
  await ana.keys("Control+z");
  await ana.card("Second").waitFor();
  await ana.keys("Control+Shift+z");
  await ana.card("Second").waitFor({ state: "detached" });

  await ana.keys("Control+k");
  await on(ana, /^combobox: /);
  await ana.keys(`"${w.tool.deleted}"`);
  await ana.page.getByRole("option", { name: new RegExp(`^${w.tool.deleted}`) }).waitFor();
  await ana.keys("Enter");
  await ana.page.getByRole("complementary", { name: w.deleted.name }).waitFor();
  await until(ana, "Tab", new RegExp(`^button: ${w.deleted.restore}: .?Second`));
  await ana.keys("Enter");
  await ana.card("Second", ana.cell(w.lane.pains, "I hear about a plan")).waitFor();
  await ana.settled();
});

test("steps, phases and lanes: add, rename, move, delete, restore", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage, { lang: "en" });
  const { w, page } = ana;
  const heads = async (role: "columnheader" | "rowheader"): Promise<string[]> =>
    page
      .getByRole(role)
      .evaluateAll((nodes) =>
        nodes.map((n) => (n.getAttribute("aria-label") ?? n.textContent ?? "").replaceAll("\u00ad", "")),
      );
  await enterGrid(ana);
  await until(ana, "ArrowUp", /^columnheader: Step 1: /);
  await menu(ana, w.menu.addStepAfter);
  await on(ana, /^textarea: /);
  await ana.keys('"By keyboard"', "Enter");
  await on(ana, /^columnheader: Step 2: By keyboard/);
  await ana.keys("Control+Shift+ArrowLeft");
  await on(ana, /^columnheader: Step 1: By keyboard/);
  await ana.keys("F2", '"!"', "Enter");
  await on(ana, /^columnheader: Step 1: By keyboard!/);
  await ana.keys("Delete");
  await page.getByRole("columnheader", { name: /By keyboard!/ }).waitFor({ state: "detached" });
  await ana.keys("Control+z");
  await page.getByRole("columnheader", { name: /By keyboard!/ }).waitFor();

  await until(ana, "ArrowUp", /^columnheader: Phase: /);
  await menu(ana, w.menu.addPhaseAfter);
  await on(ana, /^textarea: /);
  await ana.keys('"New phase"', "Enter");
  await on(ana, /^columnheader: Phase: New phase/);
  await ana.keys("Control+Shift+ArrowRight");
  const phases = (await heads("columnheader")).filter((h) => h.startsWith("Phase: "));
  assert.equal(phases[2], "Phase: New phase");
  await ana.keys("Delete");
  await page.getByRole("columnheader", { name: "Phase: New phase" }).waitFor({ state: "detached" });
  await ana.keys("Control+z");
  await page.getByRole("columnheader", { name: "Phase: New phase" }).waitFor();

  await enterGrid(ana);
  await until(ana, "ArrowLeft", /^rowheader: |^columnheader: .*Jana/);
  await until(ana, "ArrowDown", /^rowheader: .*Touchpoints/);
  await ana.keys("Control+Shift+ArrowUp");
  await on(ana, /^rowheader: .*Touchpoints/);
  await eventually("touchpoints are the first lane", async () =>
    (await heads("rowheader"))[0]?.includes("Touchpoints"),
  );
  await ana.keys("Delete");
  await page.getByRole("rowheader", { name: /Touchpoints/ }).waitFor({ state: "detached" });
  await ana.keys("Control+z");
  await page.getByRole("rowheader", { name: /Touchpoints/ }).waitFor();
  await ana.settled();
});

test("personas: add, name, age, colour, choose, delete, restore", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage, { lang: "en" });
  const { w, page } = ana;
  const corner = (name: string): RegExp => new RegExp(`^columnheader: ${w.persona.one}, ${name}`);
  await enterGrid(ana);
  await until(ana, "ArrowLeft", /^rowheader: /);
  await until(ana, "ArrowUp", corner("Jana Keller"));
  await menu(ana, w.persona.add);
  await on(ana, /^input: /);
  await ana.keys("Control+a", '"Max Sander"', "Tab", '"61"', "Tab");
  await ana.keys('"Retired"', "Tab");
  await on(ana, new RegExp(`^radio: ${w.color.apricot}`));
  await ana.keys("ArrowRight");
  await on(ana, new RegExp(`^radio: ${w.color.rose}`));
  const age = ana.field(w.persona.age);
  for (const wrong of ["12.5", "-5", "999"]) {
    await age.focus();
    await ana.keys("Control+a", `"${wrong}"`, "Tab");
    await page.getByText(w.persona.wrongAge(wrong, "61")).waitFor();
    assert.equal(await age.inputValue(), "61", "what the board holds is shown again");
  }
  await ana.field(w.persona.about).focus();
  await until(ana, "Tab", new RegExp(`^radio: ${w.color.rose}`));
  await ana.keys("Tab", '"Lives alone"', "Escape");
  await on(ana, corner("Max Sander, 61, Retired"));
  await ana.keys("F2");
  const dialog = page.getByRole("dialog", { name: "Max Sander" });
  // The words of a dialog are put into it once it is on the screen.
  await eventually(
    "what was written is there",
    async () => (await ana.field(w.persona.situation, dialog).inputValue()) === "Lives alone",
  );
  assert.equal(
    await dialog.getByRole("radio", { name: w.color.rose }).getAttribute("aria-checked"),
    "true",
    "the colour was kept",
  );
  await ana.keys("Escape");
  await on(ana, corner("Max Sander"));

  await menu(ana, "Jana Keller");
  await on(ana, corner("Jana Keller"));
  await menu(ana, "Max Sander");
  await on(ana, corner("Max Sander"));
  await menu(ana, w.persona.remove);
  await on(ana, corner("Jana Keller"));
  await ana.keys("Control+z");
  await on(ana, corner("Max Sander"));
  await ana.settled();
});

test("markers: add, write, reach, change, delete, restore", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage, { lang: "en" });
  const { w, page } = ana;
  await enterGrid(ana);
  await until(ana, "ArrowDown", new RegExp(`^gridcell: ${w.lane.touchpoints}, `));
  await menu(ana, w.menu.addBreak);
  await on(ana, /^textarea: /);
  await ana.keys('"Changes to paper"', "Escape");
  await on(ana, new RegExp(`^button: ${w.marker.break}: Changes to paper`));
  await ana.keys("ArrowUp");
  await on(ana, /^option: /);
  await ana.keys("ArrowDown");
  await on(ana, new RegExp(`^button: ${w.marker.break}`));
  await menu(ana, w.marker.bottleneck);
  await on(ana, new RegExp(`^button: ${w.marker.bottleneck}: Changes to paper`));
  await ana.keys("F2", '" again"', "Escape");
  const marker = page.getByRole("button", { name: `${w.marker.bottleneck}: Changes to paper again` });
  await marker.waitFor();
  await ana.keys("Delete");
  await marker.waitFor({ state: "detached" });
  await on(ana, /^(option|gridcell): /);
  await ana.keys("Control+z");
  await marker.waitFor();
  await ana.settled();
});

test("letters typed before the palette is drawn reach the palette", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage, { lang: "en" });
  const { page } = ana;
  await enterGrid(ana);
  await on(ana, /^gridcell: /);
  const cards = await page.getByRole("option").count();
  // In one task: the page has no time to draw between the keys.
  await page.evaluate(() => {
    const key = (init: KeyboardEventInit): void => {
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, ...init }));
    };
    key({ key: "k", ctrlKey: true });
    for (const letter of "deleted") key({ key: letter });
  });
  const box = page.getByRole("combobox");
  await box.waitFor();
  assert.equal(await box.inputValue(), "deleted");
  await ana.keys("Escape");
  await on(ana, /^gridcell: /);
  assert.equal(await page.getByRole("option").count(), cards, "no card was written");
});

test("lanes and phases: add, rename, delete, and restore from Deleted", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage, { lang: "en" });
  const { w, page } = ana;
  const panel = page.getByRole("complementary", { name: w.deleted.name });
  await enterGrid(ana);
  await until(ana, "ArrowUp", /^columnheader: Step 1: /);
  await until(ana, "ArrowUp", /^columnheader: Phase: /);
  await menu(ana, w.menu.addPhaseAfter);
  await on(ana, /^textarea: /);
  await ana.keys('"New phase"', "Enter");
  await on(ana, /^columnheader: Phase: New phase/);
  await ana.keys("F2", '" renamed"', "Enter");
  await on(ana, /^columnheader: Phase: New phase renamed/);
  await ana.keys("Delete");
  const phase = page.getByRole("columnheader", { name: "Phase: New phase renamed" });
  await phase.waitFor({ state: "detached" });
  await openDeleted(ana);
  assert.equal(await panel.getByRole("button", { name: w.deleted.restore }).count(), 1, "no step beside it");
  await until(ana, "Tab", new RegExp(`^button: ${w.deleted.restore}: .*New phase renamed`));
  await ana.keys("Enter");
  await phase.waitFor();

  await ana.keys("Escape", "Escape");
  await enterGrid(ana);
  await until(ana, "ArrowDown", /^gridcell: Pain points/);
  await until(ana, "ArrowLeft", /^rowheader: /);
  await menu(ana, w.menu.addLaneBelow);
  await until(ana, "ArrowDown", new RegExp(`^menuitem\\w*: ${w.lane.custom}`));
  await ana.keys("Enter");
  await on(ana, new RegExp(`^rowheader: .*${w.lane.custom}`));
  await menu(ana, w.menu.rename);
  await on(ana, /^textarea: /);
  await ana.keys("Control+a", '"What hurts"', "Enter");
  await on(ana, /^rowheader: .*What hurts/);
  await ana.keys("Delete");
  const lane = page.getByRole("rowheader", { name: /What hurts/ });
  await lane.waitFor({ state: "detached" });
  await openDeleted(ana);
  await until(ana, "Tab", new RegExp(`^button: ${w.deleted.restore}: .*What hurts`));
  await ana.keys("Enter");
  await lane.waitFor();
  await ana.settled();
});

test("a step that was deleted before its phase is named with it, and brings it back", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage, { lang: "en" });
  const { w, page } = ana;
  await enterGrid(ana);
  await until(ana, "ArrowUp", /^columnheader: Step 1: /);
  await ana.keys("Delete");
  await page.getByRole("columnheader", { name: /My plan goes up in price/ }).waitFor({ state: "detached" });
  await enterGrid(ana);
  await until(ana, "ArrowUp", /^columnheader: Phase: Taking notice/);
  await ana.keys("Delete");
  const phase = page.getByRole("columnheader", { name: "Phase: Taking notice" });
  await phase.waitFor({ state: "detached" });
  await openDeleted(ana);
  const row = page.getByRole("listitem").filter({ hasText: "My plan goes up in price" });
  await row.getByText(/Taking notice.*deleted too/).waitFor();
  await until(ana, "Tab", new RegExp(`^button: ${w.deleted.restore}: .*My plan goes up`));
  await ana.keys("Enter");
  await phase.waitFor();
  await page.getByRole("columnheader", { name: /My plan goes up in price/ }).waitFor();
  await ana.settled();
});

test("a figure is read as it is shown, and what cannot be read is said at the field and changes nothing", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage, { lang: "en" });
  const { w, page } = ana;
  await ana.cell(w.lane.pains, "I hear about a plan").focus();
  await ana.keys('"Calls"', "Escape");
  await menu(ana, w.menu.kpi);
  const dialog = page.getByRole("dialog", { name: w.kpi.title });
  const now = ana.field(w.kpi.now, dialog);
  const type = async (text: string): Promise<void> => {
    await now.fill(text);
    await now.press("Tab");
    await ana.settled();
  };
  const shows = (text: string): Promise<unknown> =>
    eventually(
      `the field shows ${text}`,
      async () => (await now.inputValue()) === text,
      () => now.inputValue(),
    );
  await ana.field(w.kpi.metric, dialog).fill("Calls");
  await type("1234");
  await shows("1234");
  await type("1,235");
  await shows("1235");
  await type("€ 1,236");
  await shows("1236");
  for (const text of ["some", "99999999999999"]) {
    await type(text);
    await dialog.getByText(w.kpi.wrong(text, "1236")).waitFor();
    assert.equal(await now.getAttribute("aria-invalid"), "true");
  }
  await stage.picture(ana, "figure-not-read");
  await until(ana, "Tab", new RegExp(`^button: ${w.common.ok}`));
  await ana.keys("Enter");
  assert.equal(await now.inputValue(), "99999999999999", "the dialog stays, with what was typed");
  await ana.card(/Calls from 1,236 to 0/).waitFor({ state: "attached" });
  await type("12 %");
  await shows("12");
  assert.equal(await now.getAttribute("aria-invalid"), "false");
  await until(ana, "Tab", new RegExp(`^button: ${w.common.ok}`));
  await ana.keys("Enter");
  await ana.card(/Calls from 12 to 0/).waitFor();
});
