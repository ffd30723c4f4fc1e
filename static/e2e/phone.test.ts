// A board on a phone: what is moved or deleted says so and can be taken back; the whole map goes by fingers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { converged } from "./person.ts";
import { Stage } from "./stage.ts";
import { Table } from "./table.ts";

test("on a phone a move says where the card went, and undo and Deleted are in the menu", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const cem = await table.guest("Cem", "editor", { device: "phone", lang: "en" });
  const { page, w } = cem;
  const item = (name: string) => page.locator('[role^="menuitem"]', { hasText: name });
  const menu = (name: string) => cem.button(w.phone.cardMenu(name));
  await cem.button(w.phone.addTo(w.lane.pains)).tap();
  await page.locator("textarea:focus").waitFor();
  await cem.keys('"Von Cem"');
  await cem.button(w.phone.save).tap();

  await menu("Von Cem").tap();
  await item(w.menu.moveTo).tap();
  const own = page.getByRole("menuitemradio", { name: w.lane.pains, exact: true });
  assert.equal(await own.getAttribute("aria-checked"), "true", "its own lane is ticked");
  await item(w.lane.gains).or(item(w.lane.opportunities)).first().tap();
  await item("2  ").tap();
  const toast = page.locator(".toast", { hasText: "Von Cem" });
  await toast.getByRole("button", { name: w.deleted.undo }).waitFor();
  await page.locator("#said", { hasText: "Von Cem" }).waitFor({ state: "attached" });
  assert.equal(await menu("Von Cem").count(), 0);
  await toast.getByRole("button", { name: w.deleted.undo }).tap();
  await menu("Von Cem").waitFor();

  await menu("Von Cem").tap();
  await item(w.menu.delete).tap();
  await menu("Von Cem").waitFor({ state: "detached" });
  await cem.button(w.phone.menu).tap();
  await stage.picture(cem, "menu-phone");
  await item(w.deleted.name).tap();
  await item("Von Cem").tap();
  await menu("Von Cem").waitFor();
  await cem.button(w.phone.menu).tap();
  await item(w.deleted.undo).tap();
  await menu("Von Cem").waitFor({ state: "detached" });
  await cem.button(w.phone.menu).tap();
  await item(w.deleted.redo).tap();
  await menu("Von Cem").tap();
  await page.locator("[role=menu] .cap", { hasText: w.card.by("Cem") }).waitFor();
  await item(w.menu.edit).tap();
  await page.locator("textarea:focus").waitFor();
  await converged(table.host, cem);

  const card = table.host.card("Von Cem");
  await card.focus();
  await table.host.keys("Delete");
  await page.locator(".toast", { hasText: w.refused.gone }).waitFor();
  await page.locator("dialog.sheet").waitFor({ state: "detached" });
  await cem.settled();
});

test("the whole map on a phone: a tapped cell offers a card, and Fit brings back what a swipe has thrown away", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const cem = await table.guest("Cem", "editor", { device: "phone" });
  const { page, w } = cem;
  await cem.button(w.phone.whole).tap();
  const cell = cem.cell(w.lane.pains, "Mein Tarif wird teurer");
  await cell.waitFor();
  await cem.still();
  const outline = (): Promise<string> => cell.evaluate((node) => getComputedStyle(node).outlineStyle);
  assert.equal(await outline(), "none");
  await cell.tap();
  await eventually("the cell shows that it is meant", async () => (await outline()) === "solid");
  await stage.picture(cem, "cell-phone");
  await cem.button(w.map.addCard, cell).tap();
  await page.locator(".editor").waitFor();
  await cem.keys('"Vom Finger"');
  await page.touchscreen.tap(5, 400);
  await cem.card("Vom Finger", cell).waitFor();

  const touch = await cem.context.newCDPSession(page);
  const send = (
    type: "touchStart" | "touchMove" | "touchEnd",
    ...points: readonly { x: number; y: number }[]
  ) => touch.send("Input.dispatchTouchEvent", { type, touchPoints: [...points] });
  for (let swipe = 0; swipe < 3; swipe++) {
    // Begin and move at once: a finger that lies still for half a second asks for a menu.
    await Promise.all([send("touchStart", { x: 5, y: 700 }), send("touchMove", { x: 5, y: 600 })]);
    for (let y = 500; y >= 100; y -= 100) await send("touchMove", { x: 5, y });
    await send("touchEnd");
  }
  const top = async (): Promise<number> => (await page.locator("#map").boundingBox())?.y ?? 0;
  await eventually("the map is out of sight", async () => (await top()) < -800);
  await cem.button(w.tool.fit).tap();
  await eventually("and back with one tap", async () => (await top()) > 0);
  await cem.settled();
});
