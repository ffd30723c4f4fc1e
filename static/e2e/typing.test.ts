// What happens under somebody's hands while they type: the place goes, or a text comes that is one long word.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { eventually } from "./eventually.ts";
import { menu } from "./keys.ts";
import { converged, type Person } from "./person.ts";
import { Stage } from "./stage.ts";
import { Table } from "./table.ts";

const step = "Ich höre von einem Tarif";

for (const what of ["step", "lane"] as const)
  test(`the ${what} in which somebody types is deleted: he types on, is told of the tray, and the undo brings both back`, async (t) => {
    const stage = await Stage.open(t);
    const table = await Table.set(stage);
    const { host: ana } = table;
    const ben = await table.guest("Ben", "editor", { lang: "en" });
    await ben.cell(ben.w.lane.pains, step).focus();
    await ben.keys('"Zu "');
    await converged(ana, ben);
    const box = ben.page.locator(".editor");
    await ben.still();
    const before = await box.boundingBox();
    const head =
      what === "step"
        ? ana.page.getByRole("columnheader", { name: new RegExp(step) })
        : ana.page.getByRole("rowheader", { name: new RegExp(ana.w.lane.pains) });
    await head.focus();
    await Promise.all([
      ben.page.locator(".toast", { hasText: ben.w.notice.toTray("“Zu ”") }).waitFor(), // it goes by itself
      ana.keys("Delete"),
    ]);
    await converged(ana, ben);
    await ben.keys('"teuer"');
    await converged(ana, ben);
    assert.equal(await box.inputValue(), "Zu teuer");
    await ben.still();
    const after = await box.boundingBox();
    assert.deepEqual([after?.x, after?.y], [before?.x, before?.y], "the box is where he typed");
    const frame = await box.evaluate((node) => getComputedStyle(node).outlineStyle);
    assert.equal(frame, "solid", "and stands out from what is there now");
    await stage.picture(ben, `typing-${what}-gone`);

    await ana.keys("Control+z");
    await converged(ana, ben);
    await ben.keys('"!"', "Escape");
    await converged(ana, ben);
    await ana.card("Zu teuer!", ana.cell(ana.w.lane.pains, step)).waitFor();

    await ben.card("Zu teuer!").focus();
    await ben.keys("Enter");
    await head.focus();
    await ana.keys("Delete");
    await converged(ana, ben);
    await ben.keys("Escape");
    await box.waitFor({ state: "detached" });
    assert.match(await ben.focus(), /^(gridcell|rowheader|columnheader): /, "the focus stays on the map");
  });

test("the card in which somebody types is deleted: that is said with a way back, and what is typed on does nothing", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  await ben.cell(ben.w.lane.pains, step).focus();
  await ben.keys('"half a sent"');
  await converged(ana, ben);
  await ana.card("half a sent").focus();
  await ana.keys("Delete");
  const toast = ben.page.locator(".toast", { hasText: ben.w.notice.deletedUnder("“half a sent”") });
  await toast.waitFor();
  const { seq } = await converged(ana, ben);
  await ben.keys('"ence n"');
  await stage.picture(ben, "typing-card-gone");
  assert.equal((await converged(ana, ben)).seq, seq, "no letter became anything else");
  assert.match(await ben.focus(), /^gridcell: /);
  await toast.getByRole("button", { name: ben.w.deleted.restore }).click();
  await ben.card("half a sent").waitFor();
  await converged(ana, ben);
});

test("the moment in whose panel somebody types is deleted: the panel has the list, and what is typed on is in no card", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  await ana.cell(ana.w.lane.pains, step).focus();
  await ana.keys('"Karte"', "Escape");
  for (const person of [ana, ben]) {
    const { w, page } = person;
    await person.cell(w.lane.pains, step).locator("[data-kind=card]").first().click();
    await person.button(new RegExp(`^${w.tool.moments}`)).click();
    await page.locator(".mlist button").first().click();
  }
  const field = ben.field(ben.w.moment.evidence);
  await field.click();
  await ben.keys('" half a sent"');
  await converged(ana, ben);
  await ana.button(ana.w.moment.unmark).click();
  const toast = ben.page.locator(".toast", { hasText: "was deleted while you were writing in it" });
  await toast.waitFor();
  const { seq } = await converged(ana, ben);
  await ben.keys('"ence n"', "Enter", "Backspace");
  await eventually("the focus is in the list", async () =>
    /^group: Moments of truth/.test(await ben.focus()),
  );
  await ben.keys('"nm"');
  assert.equal((await converged(ana, ben)).seq, seq, "no letter became anything else");
  assert.equal(await ben.page.locator(".editor").count(), 0);

  await toast.getByRole("button", { name: ben.w.deleted.restore }).click();
  await converged(ana, ben);
  assert.equal(await field.count(), 0, "it opens by nobody but him");
});

test("a board is frozen for a moment while somebody types in a panel: the field takes what is typed after that", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage, { lang: "en" });
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  await ben.button(new RegExp(`^${ben.w.tool.moments}`)).click();
  await ben.page.locator(".mlist button").first().click();
  const field = ben.field(ben.w.moment.evidence);
  await field.click();
  await ben.keys("Control+a", '"before"');
  await converged(ana, ben);
  for (const [entry, status] of [
    [ana.w.tool.freeze, "readonly"],
    [ana.w.tool.thaw, "saved"],
  ] as const) {
    await ana.button(ana.w.tool.menu).click();
    await ana.page.getByRole("menuitem", { name: entry, exact: true }).click();
    await ben.is({ status });
  }
  await field.click();
  await ben.keys("Control+End", '" and after"');
  await converged(ana, ben);
  await ben.page.reload();
  await ben.open();
  await ben.button(new RegExp(`^${ben.w.tool.moments}`)).click();
  await ben.page.locator(".mlist button").first().click();
  await eventually(
    "both are in the log",
    async () => (await field.inputValue()) === "before and after",
    () => field.inputValue(),
  );
});

for (const [what, kind] of [
  ["emotion", "step"],
  ["kpi", "card"],
  ["persona", "persona"],
] as const)
  test(`the ${kind} of the ${what} dialog in which somebody types is deleted: the dialog goes, and stays away when it comes back`, async (t) => {
    const stage = await Stage.open(t);
    const table = await Table.set(stage);
    const { host: ana } = table;
    const ben = await table.guest("Ben", "editor", { lang: "en" });
    const { w, page } = ben;
    const of = (person: Person): Locator =>
      kind === "step"
        ? person.page.getByRole("columnheader", { name: new RegExp(step) })
        : kind === "card"
          ? person.cell(person.w.lane.pains, step).locator("[data-kind=card]").first()
          : person.page.getByRole("columnheader", { name: /^Persona/ });
    if (kind === "card") {
      await ana.cell(ana.w.lane.pains, step).focus();
      await ana.keys('"Karte"', "Escape");
    }
    await of(ben).waitFor();
    if (what === "emotion") await page.getByRole("slider", { name: w.emotion.of(step) }).dblclick();
    else {
      await of(ben).focus();
      if (what === "kpi") await menu(ben, w.menu.kpi);
      else await ben.keys("F2");
    }
    const dialog = page.getByRole("dialog");
    await ben
      .field(what === "emotion" ? w.emotion.because : what === "kpi" ? w.kpi.metric : w.persona.about, dialog)
      .click();
    await ben.keys('" half a sent"');
    await converged(ana, ben);

    await of(ana).focus();
    if (kind === "persona") await menu(ana, ana.w.persona.remove);
    else await ana.keys("Delete");
    await dialog.waitFor({ state: "detached" });
    const { seq } = await converged(ana, ben);
    await ben.keys('"ence n"', "Enter", "Backspace");
    await page.locator(".toast", { hasText: "was deleted while you were writing in it" }).waitFor();
    await eventually("the focus is on the map", async () =>
      /^(gridcell|option|slider|rowheader|columnheader): /.test(await ben.focus()),
    );
    assert.equal((await converged(ana, ben)).seq, seq, "no letter became anything else");
    await ana.keys("Control+z");
    await of(ben).waitFor();
    await converged(ana, ben);
    await ben.twoFrames();
    assert.equal(await dialog.count(), 0, "it opens by nobody but him");
  });

test("a text that is one long word is laid out by plain breaks, in the box and on the card", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage);
  const { page, w } = ana;
  await ana.context.grantPermissions(["clipboard-write"]);
  const breaks = (query: string): Promise<string> =>
    page.locator(query).evaluate((node) => getComputedStyle(node).wordBreak);
  await ana.cell(w.lane.pains, step).focus();
  await ana.keys('"a"');
  assert.equal(await breaks(".editor"), "normal");
  const long = "x".repeat(9000);
  await page.evaluate((text) => navigator.clipboard.writeText(text), long);
  await ana.keys("Control+v");
  await eventually(
    "the word is in the box",
    async () => (await page.locator(".editor").inputValue()) === `a${long}`,
  );
  await ana.settled();
  assert.equal(await breaks(".editor"), "break-all");
  await ana.keys("Escape");
  await ana.settled();
  assert.equal(await breaks(".card:focus .txt"), "break-all");
  assert.equal(await page.locator(".card:focus .txt").textContent(), `a${long}`);
});
