// A board on a phone: what is moved or deleted says so and can be taken back.
import assert from "node:assert/strict";
import { test } from "node:test";
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
  await cem.settled();
});
