// Who only reads: what cannot be changed says why, and looks like text. Who trashes or freezes a board sees it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.ts";
import { Stage } from "./stage.ts";
import { Table } from "./table.ts";

test("a viewer is told why nothing changes, and reads everything as text", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage, { lang: "en" });
  const ben = await table.guest("Ben", "viewer", { lang: "en" });
  const { page, w } = ben;
  const toast = page.locator(".toast", { hasText: w.save.why.role });
  /** Looks from before it is done: the toast goes by itself. */
  const told = async (deed: Promise<void>): Promise<void> => {
    await Promise.all([toast.waitFor(), deed]);
    await toast.waitFor({ state: "detached" });
  };
  await told(ben.button(new RegExp(`^${w.save.readonly}`)).press("Enter"));
  await told(ben.cell(w.lane.pains, "My plan goes up in price").dblclick());
  await ben.cell(w.lane.pains, "My plan goes up in price").focus();
  await told(ben.keys("x"));

  await page.locator("[data-emotion]").first().focus();
  await ben.keys("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByText(w.emotion.howSure).waitFor();
  assert.equal(await dialog.locator("input, textarea, select, :disabled").count(), 0);
  await accessible(page, "an emotion for a viewer");
  await stage.picture(ben, "viewer-emotion");
  await ben.keys("Escape");
  await ben.button(new RegExp(`^${w.tool.moments}`)).click();
  await page.locator(".mlist button").first().click();
  const panel = page.getByRole("complementary");
  await panel.getByText(w.moment.evidence).waitFor();
  assert.equal(await panel.locator("input, textarea, select, :disabled").count(), 0);
  await accessible(page, "a moment for a viewer");
  await stage.picture(ben, "viewer-moment");
});

test("a freeze is seen by who made it; the trash asks when others are there, and gives back", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage, { lang: "en" });
  const { host: ana } = table;
  const { page, w } = ana;
  const choose = async (entry: string): Promise<void> => {
    await ana.button(w.tool.menu).click();
    await page.getByRole("menuitem", { name: entry, exact: true }).click();
  };
  await choose(w.tool.freeze);
  await ana.button(`${w.save.frozen}: ${w.save.frozenHint}`).waitFor();
  await stage.picture(ana, "frozen");
  await choose(w.tool.thaw);
  await choose(w.tool.trash);
  await ana.is({ status: "readonly" });
  await ana.button(w.deleted.undo).click();
  await ana.settled();

  const ben = await table.guest("Ben", "editor", { lang: "en" });
  await page.getByRole("group", { name: w.tool.present(2) }).waitFor();
  await choose(w.tool.trash);
  const dialog = page.getByRole("dialog", { name: w.trash.title });
  await dialog.getByText(w.trash.others(1)).waitFor();
  await ana.button(w.common.cancel, dialog).click();
  await ben.is({ status: "saved" });
  await choose(w.tool.trash);
  await ana.button(w.tool.trash, dialog).click();
  await ben.is({ status: "readonly" });
  await stage.picture(ana, "trashed");
  await ana.button(w.deleted.restore, page.getByRole("alert")).click();
  await ben.is({ status: "saved" });
});

test("a guest is asked before signing out, and an administrator takes over the board that nobody runs", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage, { lang: "en" });
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  await ben.page.goto(stage.server.url);
  await ben.button(new RegExp(`^(${ben.w.home.emptyMap}|${ben.w.home.newBoard})`)).click();
  await ben.open();
  const address = ben.page.url();

  ana.refusal = true;
  await ana.page.goto(address);
  const take = ana.button(ana.w.noBoard.take);
  await take.waitFor();
  await stage.picture(ana, "take-over");

  const leave = async (): Promise<void> => {
    await ben.button(new RegExp(`^${ben.w.tool.account}`)).click();
    await ben.page.getByRole("menuitem", { name: ben.w.sign.signOut }).click();
  };
  const dialog = ben.page.getByRole("dialog", { name: ben.w.sign.leaveTitle });
  await leave();
  await stage.picture(ben, "guest-leaves");
  await ben.button(ben.w.common.cancel, dialog).click();
  await dialog.waitFor({ state: "detached" });
  await ben.settled();
  await leave();
  await ben.button(ben.w.sign.leaveAnyway, dialog).click();
  await ben.page.waitForURL(/\/signin/);

  await take.click();
  await ana.page.locator("[data-save]").waitFor();
  ana.refusal = false;
  await ana.open();
  await ana.button(ana.w.tool.share).click();
  await ana.page.getByRole("dialog").getByText("Ben").waitFor();
});

test("a board one was never on is a plain page; a sticky shows all that is written on it", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage, { lang: "en" });
  const { host: ana } = table;
  await ana.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await ana.keys("n");
  await ana.page.locator(".editor").waitFor();
  await ana.keys(`"${"What a long thought this is, and it goes on and on. ".repeat(6)}end"`, "Escape");
  const sticky = ana.page.getByRole("option", { name: /^Sticky: What a long thought/ });
  await ana.still();
  const cut = await sticky.evaluate((node) => node.scrollHeight - node.clientHeight);
  assert(cut <= 1, `${cut} px of the text are out of sight`);
  await ana.keys("Shift+Digit1");
  await stage.picture(ana, "long-sticky");
  await ana.settled();

  const ben = await table.guest("Ben", "viewer", { lang: "en" });
  ben.refusal = true;
  await ben.page.goto(`${stage.server.url}/b/board-AAAAAAAAAAAAAAAA`);
  await ben.page.getByRole("heading", { name: ben.w.noBoard.gone }).waitFor();
  assert.equal(await ben.button(ben.w.tool.share).count(), 0);
  await accessible(ben.page, "no board");
  await stage.picture(ben, "no-board");
});
