// Emotions, moments and stickies by keyboard alone: nothing here touches a mouse.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { enterGrid, menu, on, openDeleted, until } from "./keys.ts";
import { Stage } from "./stage.ts";
import { Table } from "./table.ts";

test("emotions, moments, stickies, undo and zoom", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage, { lang: "en" });
  const { w, page } = ana;
  await enterGrid(ana);
  await until(ana, "ArrowDown", /^gridcell: Emotion, My plan/);
  await ana.keys("Enter");
  await on(ana, /^slider: /);
  const slider = page.getByRole("slider", { name: w.emotion.of("My plan goes up in price") });
  await ana.keys("End");
  await eventually(
    "the emotion is at its highest",
    async () => (await slider.getAttribute("aria-valuenow")) === "3",
  );
  await ana.keys("ArrowDown");
  await eventually(
    "and half a step lower",
    async () => (await slider.getAttribute("aria-valuenow")) === "2.5",
  );
  await ana.keys("Control+z", "Control+z");

  await enterGrid(ana);
  await until(ana, "ArrowUp", /^columnheader: Step 1: /);
  const marked = await page
    .getByRole("button", { name: new RegExp(`^${w.tool.moments}`) })
    .getAttribute("aria-label");
  await menu(ana, w.moment.mark);
  await eventually(
    "one moment more is counted",
    async () =>
      (await page
        .getByRole("button", { name: new RegExp(`^${w.tool.moments}`) })
        .getAttribute("aria-label")) !== marked,
  );

  await ana.keys("Escape", "Escape", "Escape");
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const zoom = page.getByRole("button", { name: new RegExp(`^${w.tool.zoomTo100}`) });
  const before = await zoom.getAttribute("aria-label");
  await ana.keys("Control+-");
  await eventually("it is smaller", async () => (await zoom.getAttribute("aria-label")) !== before);
  await ana.keys("Control+0");
  await eventually("it is 100 %", async () => (await zoom.getAttribute("aria-label"))?.includes("100 %"));

  // On the paper arrows move the map.
  const left = (): Promise<number> =>
    page.getByRole("grid").evaluate((grid) => Math.round(grid.getBoundingClientRect().left));
  const at = await left();
  await ana.keys("ArrowRight");
  await eventually("the map is moved to the left", async () => (await left()) === at - 80, left);
  await ana.keys("ArrowLeft");
  await eventually("and back", async () => (await left()) === at, left);

  // The moments are listed, read one by one, and closed.
  await ana.keys("m");
  await on(ana, new RegExp(`^group: ${w.moment.many}`));
  await ana.keys("Tab");
  await on(ana, /^button: .*Step 1/);
  await ana.keys("Enter");
  await page.getByRole("complementary", { name: w.moment.one }).waitFor();
  await ana.keys("m");
  await page.getByRole("complementary").waitFor({ state: "detached" });
  await on(ana, /^(gridcell|option|columnheader|rowheader): /);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());

  const stickies = await page.getByRole("option", { name: new RegExp(`^${w.sticky.one}: `) }).count();
  await ana.keys("n");
  await on(ana, /^textarea: /);
  await ana.keys('"Beside the map"', "Escape");
  await page.getByRole("option", { name: `${w.sticky.one}: Beside the map` }).waitFor();
  await on(ana, new RegExp(`^option: ${w.sticky.one}: Beside the map`));
  await ana.keys("Enter");
  await on(ana, /^textarea: /);
  await ana.keys('", edited"', "Escape");
  await page.getByRole("option", { name: `${w.sticky.one}: Beside the map, edited` }).waitFor();
  assert.equal(
    await page.getByRole("option", { name: new RegExp(`^${w.sticky.one}: `) }).count(),
    stickies + 1,
  );
  await ana.settled();
});

test("emotions: word and reason; the word goes when the feeling turns, and undo brings it back", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage, { lang: "en" });
  const { w, page } = ana;
  const slider = page.getByRole("slider", { name: w.emotion.of("My plan goes up in price") });
  const says = (what: RegExp): Promise<unknown> =>
    eventually(`the emotion says ${what}`, async () =>
      what.test((await slider.getAttribute("aria-valuetext")) ?? ""),
    );
  await enterGrid(ana);
  await until(ana, "ArrowDown", /^gridcell: Emotion, My plan/);
  await ana.keys("Enter");
  await on(ana, /^slider: /);
  await ana.keys("Home", "Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  const word = ana.field(w.emotion.word, dialog);
  await until(ana, "Tab", /^(input|textarea): /);
  await ana.keys("Control+a", '"cheated"');
  assert.equal(await word.inputValue(), "cheated");
  await ana.keys("Tab");
  await until(ana, "Tab", /^textarea: /);
  await ana.keys("Control+a", '"the price rises"', "Escape");
  await on(ana, /^slider: /);
  await says(/^cheated, .*the price rises/);
  await ana.keys("PageUp");
  await says(/^cheated, .*the price rises/);
  await ana.keys("End");
  await says(new RegExp(`^${w.emotion.levels[6]}, .*the price rises`));
  await ana.keys("Control+z");
  await says(/^cheated, .*the price rises/);
  await ana.settled();
});

test("emotions: keys through the middle and back leave the word as it was", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage);
  const { w } = ana;
  for (const [title, away, back, steps] of [
    ["Ich höre von einem Tarif", "ArrowDown", "ArrowUp", 3],
    ["Mein Tarif wird teurer", "ArrowUp", "ArrowDown", 7],
  ] as const) {
    const slider = ana.page.getByRole("slider", { name: w.emotion.of(title) });
    const [before, value] = [
      await slider.getAttribute("aria-valuetext"),
      await slider.getAttribute("aria-valuenow"),
    ];
    await slider.focus();
    for (let i = 0; i < steps; i++) await ana.keys(away);
    const turned = Number(await slider.getAttribute("aria-valuenow"));
    assert.ok(turned * Number(value) < 0, `${title} turns from ${value}: ${turned}`);
    for (let i = 0; i < steps; i++) await ana.keys(back);
    await ana.settled();
    assert.equal(await slider.getAttribute("aria-valuetext"), before, title);
  }
});

test("stickies: add, move, delete, restore", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage, { lang: "en" });
  const { w, page } = ana;
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await ana.keys("n");
  await on(ana, /^textarea: /);
  await ana.keys('"Beside it"', "Escape");
  await on(ana, /^option: .*Beside it/);
  const sticky = page.getByRole("option", { name: `${w.sticky.one}: Beside it` });
  const left = (): Promise<string> => sticky.evaluate((node) => node.style.left);
  const before = await left();
  await ana.keys("ArrowRight");
  await eventually("the sticky has moved", async () => (await left()) !== before);
  await on(ana, /^option: .*Beside it/);
  await ana.keys("Delete");
  await sticky.waitFor({ state: "detached" });
  await openDeleted(ana);
  await until(ana, "Tab", new RegExp(`^button: ${w.deleted.restore}: .*Beside it`));
  await ana.keys("Enter");
  await sticky.waitFor();
  await ana.settled();
});
