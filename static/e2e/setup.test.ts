// The first minutes: a fresh server, its set-up link, the sample board, a map of one's own, signing in again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.ts";
import { Stage } from "./stage.ts";
import { Table } from "./table.ts";

test("the set-up link opens the sample board, and works once", async (t) => {
  const stage = await Stage.open(t);
  const ana = await stage.person("Ana");
  const { w, page } = ana;
  await page.goto(`${stage.server.url}/setup#${stage.server.setup}`);
  await ana.field(w.sign.name).fill("Ana Berger");
  await ana.field(w.sign.department).fill("Service");
  await accessible(page, "set-up");
  await stage.picture(ana, "setup");
  await ana.button(w.sign.start).click();
  await ana.settled();
  assert.match(new URL(page.url()).pathname, /^\/b\/board-/);
  assert.equal(new URL(page.url()).hash, "", "the secret is out of the address");
  await page.getByRole("grid", { name: w.map.grid("Ich wechsle meinen Mobilfunkvertrag") }).waitFor();
  assert.equal(await page.getByRole("columnheader").count(), 1 + 5 + 11, "corner, phases and steps");
  assert.equal(await page.getByRole("rowheader").count(), 11);

  const ben = await stage.person("Ben", { lang: "en" });
  await ben.page.goto(`${stage.server.url}/setup#${stage.server.setup}`);
  await ben.page.getByRole("heading", { name: ben.w.sign.spent }).waitFor();
  await ben.page.getByText(ben.w.sign.used).waitFor();
  await accessible(ben.page, "set-up, once more");
  assert.equal(await ben.button(ben.w.sign.start).count(), 0, "nothing is asked for in vain");
});

test("a map of one's own from the telecom template, in English", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage, { lang: "en" });
  const { w, page } = ana;
  await page.getByRole("link", { name: w.save.home }).click();
  await page.getByRole("heading", { name: w.home.emptyTitle }).waitFor();
  await accessible(page, "home with the sample only");
  await ana.button(new RegExp(`^${w.home.fromTemplate}`)).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /switching mobile provider/ })
    .click();
  await ana.settled();
  await page.getByRole("grid", { name: w.map.grid("I switch my mobile contract") }).waitFor();
  await page.getByRole("columnheader", { name: `${w.map.stepNumber(7)}: My number moves with me` }).waitFor();
});

test("a password lets one in again, and its lack does not", async (t) => {
  const stage = await Stage.open(t);
  const ana = await stage.person("Ana", { lang: "en" });
  const { w, page } = ana;
  await page.goto(`${stage.server.url}/setup#${stage.server.setup}`);
  await ana.field(w.sign.name).fill("Ana Berger");
  await page.getByRole("checkbox", { name: w.sign.withPassword }).check();
  await ana.field(w.sign.login).fill("ana");
  await page.getByText(w.sign.short).waitFor();
  await page.getByLabel(w.sign.password, { exact: true }).fill("short");
  await ana.button(w.sign.start).click();
  await page.getByRole("alert").filter({ hasText: w.sign.short }).waitFor();
  await page.getByLabel(w.sign.password, { exact: true }).fill("a long password");
  await ana.button(w.sign.start).click();
  await ana.settled();

  await ana.button(new RegExp(`^${w.tool.account}`)).click();
  await page.getByRole("menuitem", { name: w.sign.signOut }).click();
  await page.waitForURL(/\/signin/);
  await accessible(page, "sign-in");
  await ana.field(w.sign.login).fill("ana");
  await page.getByLabel(w.sign.password, { exact: true }).fill("not this one");
  ana.refusal = true;
  await ana.button(w.sign.signIn).click();
  await page
    .getByRole("alert")
    .filter({ hasText: /password/i })
    .waitFor();
  ana.refusal = false;
  await page.getByLabel(w.sign.password, { exact: true }).fill("a long password");
  await ana.button(w.sign.signIn).click();
  await page.getByRole("heading", { name: w.home.emptyTitle }).waitFor();
});
