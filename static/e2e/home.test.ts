// The ways out and back: the trash and its undo, the back button after joining, the whole map on a phone.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { accessible } from "./axe.ts";
import { eventually } from "./eventually.ts";
import { Stage } from "./stage.ts";
import { Table } from "./table.ts";

test("the one board there is can be trashed, brought back, and found in the trash", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage);
  const { page, w } = ana;
  await page.goto(stage.server.url);
  const menu = ana.button(new RegExp(`^${w.home.menu("")}`));
  const trash = async (): Promise<void> => {
    await menu.click();
    await page.getByRole("menuitem", { name: w.home.toTrash }).click();
    await page.getByText(w.home.none).waitFor();
  };
  await trash();
  await ana.button(w.deleted.undo).click();
  await page.getByRole("heading", { name: w.home.emptyTitle }).waitFor();
  await trash();
  await ana.button(w.home.trash).click();
  await menu.click();
  await page.getByRole("menuitem", { name: w.home.restore }).click();
  await page.getByRole("heading", { name: w.home.emptyTitle }).waitFor();
});

test("a long title takes two lines of a board's card, and is there in full", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage);
  const { page, w } = ana;
  await page.goto(stage.server.url);
  await ana.button(new RegExp(`^${w.home.emptyMap}`)).click();
  await ana.settled();
  await page.goto(stage.server.url);
  await ana
    .button(new RegExp(`^${w.home.menu("")}`))
    .first()
    .click();
  await page.getByRole("menuitem", { name: w.home.rename }).click();
  const title = "Vom ersten Angebot bis zur Kündigung ".repeat(5).trim();
  await ana.field(w.home.title).fill(title);
  await ana.button(w.home.save).click();
  const link = page.getByRole("link", { name: title });
  await link.waitFor();
  assert.equal((await link.boundingBox())?.height, 44, "two lines of 22");
  assert.equal(await link.getAttribute("title"), title);
  await stage.picture(ana, "home-long-title");
});

test("a board leaves as a file and comes back from it; a file that is damaged says where", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage, { lang: "en" });
  const { page, w } = ana;
  await page.goto(stage.server.url);
  const title = await ana
    .button(new RegExp(`^${w.home.menu("")}`))
    .first()
    .getAttribute("aria-label");
  await ana.button(new RegExp(`^${w.home.menu("")}`)).click();
  const coming = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: w.home.export }).click();
  const file = await readFile(await (await coming).path());
  const choose = (name: string, buffer: Buffer): Promise<void> =>
    page.locator("input[type=file]").setInputFiles({ name, mimeType: "application/json", buffer });

  ana.refusal = true;
  const text = file.toString("utf8");
  for (const [name, damaged, said] of [
    ["half.json", Buffer.from(text.slice(0, text.length / 2)), /it is no JSON, or ends too early/],
    [
      "doubled.json",
      Buffer.from(text.replace("{", '{"records":[],')),
      /the field “records” stands in one place twice/,
    ],
    ["latin.json", Buffer.from(text, "latin1"), new RegExp(w.home.importFailed)],
  ] as const) {
    await choose(name, damaged);
    await page.locator(".toast").getByText(said).waitFor();
    assert.equal(
      await page.locator("input[type=file]").inputValue(),
      "",
      "a file of this name can be chosen again",
    );
  }
  ana.refusal = false;

  await choose("whole.json", file);
  await page.waitForURL(/\/b\//);
  await ana.settled();
  await ana.card(/^Fails in poor light/).waitFor();
  await page.goto(stage.server.url);
  await eventually("both have the same title", async () => (await ana.button(title ?? "").count()) === 2);

  // A number that is no day.
  const late = text.replace(
    /("fields":\{)([^{}]*\},"id":"moment-)/g,
    `$1"due":${Number.MAX_SAFE_INTEGER},$2`,
  );
  assert.notEqual(late, text);
  await choose("late.json", Buffer.from(late));
  await page.waitForURL(/\/b\//);
  await ana.settled();
  await ana.button(new RegExp(`^${w.tool.moments}`)).click();
  await page.locator(".mlist button").first().click();
  assert.equal(await page.getByLabel(w.moment.due).inputValue(), "");
});

test("an address that leads nowhere says so in words, with status 404 and a way home", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage);
  const eve = await stage.person("Eve", { lang: "en", device: "phone" });
  for (const person of [ana, eve]) {
    const { page, w } = person;
    person.refusal = true;
    for (const path of ["nonsense", "b/unknown"]) {
      const response = await page.goto(`${stage.server.url}/${path}`);
      assert.equal(response?.status(), 404);
      await page.getByRole("heading", { name: w.noPage.title }).waitFor();
    }
    await accessible(page, `no page, ${person.name}`);
    await stage.picture(person, `no-page-${person.device}`);
  }
  await ana.page.goto(`${stage.server.url}/b/board-unknown`);
  await ana.page.getByRole("heading", { name: ana.w.noBoard.gone }).waitFor();
  await ana.page.getByRole("link", { name: ana.w.save.home }).click();
  await ana.page.getByRole("heading", { name: ana.w.home.emptyTitle }).waitFor();
});

test("the back button after joining leads back, not to a page without its link", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const ben = await stage.person("Ben", { lang: "en" });
  await ben.page.goto(`${stage.server.url}/check`);
  await ben.page.locator(".checks").getByText(ben.w.check.good).nth(2).waitFor(); // of three
  await ben.page.goto(await table.invite());
  await ben.field(ben.joining.name).fill("Ben Okafor");
  await ben.button(ben.joining.go).click();
  await ben.settled();
  await ben.page.goBack();
  await ben.page.getByRole("heading", { name: ben.w.check.title }).waitFor();
});

test("the whole map on a phone leads back to the list", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const cem = await table.guest("Cem", "editor", { device: "phone" });
  const { page, w } = cem;
  const whole = cem.button(w.phone.whole);
  const script = /\/app\.js/;
  let asked = 0;
  cem.outage = true;
  await page.route(script, (route) => {
    asked++;
    return route.abort();
  });
  await whole.tap();
  await eventually("the code of the map is asked for", async () => asked > 0);
  await whole.waitFor(); // it did not come: the list is there again
  await page.unroute(script);
  await whole.tap();
  await cem.button(w.tool.asList).waitFor();
  cem.outage = false;
  await stage.picture(cem, "whole-map-phone");
  const title = page.locator(".isl-tl .t");
  assert(((await title.boundingBox())?.width ?? 0) > 120, "the title can be read");
  const tools = await page.getByRole("toolbar", { name: w.tool.tools }).boundingBox();
  const zoom = await page.getByRole("group", { name: w.help.zoom }).boundingBox();
  assert(tools !== null && zoom !== null && zoom.y + zoom.height <= tools.y, "nothing lies over the tools");
  await cem.button(w.tool.asList).tap();
  await whole.waitFor();
  await whole.tap();
  await cem.button(w.tool.asList).waitFor();
  await page.goBack();
  await whole.waitFor();
});

test("undo on the toast of a delete is the undo of Ctrl+Z: the next goes on from there", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage);
  const { page, w } = ana;
  const card = (text: string) => ana.card(new RegExp(`^${text}`));
  // One letter, for a pause between two would begin another step of undo.
  const own = ana.card("Q");
  const answer = page.locator(".toast").getByRole("button", { name: w.deleted.undo });
  await ana.cell(w.lane.pains, "Ich höre von einem Tarif").focus();
  await ana.keys("Q", "Control+Enter");
  await card("Endpreis erst ganz am Ende").focus();
  await ana.keys("Delete");
  await answer.click();
  await card("Endpreis erst ganz am Ende").waitFor();
  await ana.keys("Control+z", "Control+z");
  await own.waitFor({ state: "detached" });
  assert(await card("Endpreis erst ganz am Ende").isVisible(), "what the toast brought back stays");
  await ana.keys("Control+Shift+z", "Control+Shift+z");
  await own.waitFor();
  await ana.keys("Control+Shift+z");
  await card("Endpreis erst ganz am Ende").waitFor({ state: "detached" });

  await ana.keys("Control+z");
  await card("Endpreis erst ganz am Ende").focus();
  await ana.keys("Delete");
  await own.focus();
  await ana.keys("Control+Shift+ArrowRight");
  await answer.click();
  await card("Endpreis erst ganz am Ende").waitFor();
  const moved = ana.cell(w.lane.pains, "Ich vergleiche Angebote").getByRole("option", { name: /^Q$/ });
  await moved.waitFor();
  await ana.keys("Control+z");
  await moved.waitFor({ state: "detached" });
});
