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

test("on a phone Back closes what lies over the list, and leaves the board when nothing does", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const cem = await table.guest("Cem", "editor", { device: "phone" });
  const { page, w } = cem;
  const address = page.url();
  const before = await page.evaluate(() => history.length);
  const entries = (): Promise<unknown> => page.evaluate(() => history.state);
  const rests = (): Promise<unknown> =>
    eventually("no entry is left", async () => (await entries()) === null);
  const sheet = page.locator("dialog.sheet");
  const menu = page.getByRole("menu");
  const tab = (name: string) => page.getByRole("navigation").getByRole("button", { name });
  const current = page.locator("nav [aria-current=page]");

  await tab(w.phone.moments).tap();
  await tab(w.tray.name).tap();
  await eventually("the tabs are one entry", async () => (await entries()) === 1);
  await page.goBack();
  await current.filter({ hasText: w.phone.map }).waitFor();

  await cem.button(w.phone.addTo(w.lane.pains)).tap();
  await page.locator("textarea:focus").waitFor();
  await cem.keys('"Halb fertig"');
  await page.goBack();
  await sheet.waitFor({ state: "detached" });
  const card = page.getByRole("button", { name: "Halb fertig", exact: true });
  await card.waitFor();
  await rests();

  await cem.button(w.phone.cardMenu("Halb fertig")).tap();
  await menu.waitFor();
  await page.goBack();
  await menu.waitFor({ state: "detached" });
  await cem.button(w.phone.cardMenu("Halb fertig")).tap();
  await page.getByRole("menuitem", { name: w.menu.edit }).tap();
  await page.locator("textarea:focus").waitFor();
  await cem.keys('" und mehr"');
  assert.equal(await entries(), 1, "the sheet has the entry of the menu that opened it");
  await page.goBack();
  await sheet.waitFor({ state: "detached" });
  await rests();

  const longer = page.getByRole("button", { name: "Halb fertig und mehr", exact: true });
  for (const close of [() => cem.button(w.phone.save).tap(), () => cem.keys("Escape")]) {
    await longer.tap();
    await page.locator("textarea:focus").waitFor();
    await close();
    await sheet.waitFor({ state: "detached" });
    await cem.button(w.phone.menu).tap();
    await cem.keys("Escape");
    await menu.waitFor({ state: "detached" });
    await rests();
  }
  assert(
    (await page.evaluate(() => history.length)) <= before + 1,
    "what was closed without Back has left no entry behind",
  );

  await tab(w.phone.moments).tap();
  await eventually("the tab is an entry", async () => (await entries()) === 1);
  await cem.settled();
  await page.reload();
  await current.filter({ hasText: w.phone.map }).waitFor();
  await rests();
  await cem.settled();
  assert.equal(page.url(), address);
  await page.goBack();
  await eventually("the board is left", () => page.url() !== address);
});

test("on a phone a face of the other side takes one's own word along, says so, and gives it back", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  for (const lang of ["de", "en"] as const) {
    const cem = await table.guest("Cem", "editor", { device: "phone", lang });
    const { page, w } = cem;
    const own = lang === "de" ? "wie auf Wolken" : "on cloud nine";
    const face = (level: number) => page.getByRole("radio", { name: w.emotion.levels[level] as string });
    const line = page.locator('[data-key^="word"]');
    const toast = page.locator(".toast", { hasText: w.emotion.taken(own) });
    await face(5).tap();
    await line.tap();
    await page.locator("textarea:focus").waitFor();
    await cem.keys("Control+a", `"${own}"`);
    await cem.button(w.phone.save).tap();
    await line.filter({ hasText: own }).waitFor();
    await face(1).tap();
    await toast.waitFor();
    await line.filter({ hasNotText: own }).waitFor();
    await stage.picture(cem, `word-taken-${lang}`);
    await face(6).tap();
    await line.filter({ hasText: own }).waitFor();
    await toast.waitFor({ state: "detached" });
    await face(0).tap();
    await toast.getByRole("button", { name: w.deleted.undo }).tap();
    await line.filter({ hasText: own }).waitFor();
    assert.equal(await face(6).getAttribute("aria-checked"), "true", "the face came back with it");
    await cem.settled();
  }
});

test("what one holds on a phone stays while others type, and the focus comes back to what one has written", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host } = table;
  const cem = await table.guest("Cem", "editor", { device: "phone", lang: "en" });
  const { page, w } = cem;
  await cem.button(w.phone.addTo(w.lane.pains)).tap();
  await page.locator("textarea:focus").waitFor();
  await cem.keys('"Von Cem"');
  await cem.button(w.phone.save).tap();
  await page
    .locator(":focus", { hasText: "Von Cem" })
    .or(cem.button(w.phone.addTo(w.lane.pains)).and(page.locator(":focus")))
    .waitFor();
  await page.getByRole("button", { name: "Von Cem", exact: true }).tap();
  await page.locator("textarea:focus").waitFor();
  await cem.keys('" selbst"', "Escape");
  await page.locator(":focus", { hasText: "Von Cem selbst" }).waitFor();
  await converged(host, cem);

  await host.card("Von Cem selbst").focus();
  await host.keys("Escape", "F2", "End");
  let typing = true;
  const typed = (async () => {
    while (typing) await host.keys('" x"');
  })();
  const changes = async (): Promise<void> => {
    const seq = Number(await page.locator("html").getAttribute("data-seq"));
    await page.waitForFunction((seq) => Number(document.documentElement.dataset.seq) > seq + 3, seq);
  };
  try {
    const steps = await page.locator("select").elementHandle();
    await cem.button(w.phone.menu).tap();
    await changes();
    await page.getByRole("menuitem", { name: w.deleted.undo }).waitFor();
    await page.keyboard.press("Escape");
    await cem.button(w.phone.next).scrollIntoViewIfNeeded();
    const box = await cem.button(w.phone.next).boundingBox();
    assert(steps !== null && box !== null);
    assert(await steps.evaluate((node) => node.isConnected), "an open list of the steps stays open");
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await changes();
    await page.mouse.up();
    await cem.button(w.phone.previous).and(page.locator(":enabled")).waitFor();
    assert.equal(
      await page.locator("select").inputValue(),
      await page.locator("option").nth(1).getAttribute("value"),
    );
  } finally {
    typing = false;
    await typed;
  }
  await cem.settled();
});

test("a window that changes its width is offered the other view, and what was asked for on a phone stays", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  for (const lang of ["de", "en"] as const) {
    const ben = await table.guest("Ben", "editor", { lang });
    const { page, w } = ben;
    const text = lang === "de" ? "Mitten im Wort" : "Half a word";
    await ben.cell(w.lane.pains, "Mein Tarif wird teurer").focus();
    await ben.keys(`"${text.slice(0, 7)}"`);
    await page.setViewportSize({ width: 720, height: 450 });
    await ben.keys(`"${text.slice(7)}"`);
    await stage.picture(ben, `narrow-${lang}`);
    await page.locator(".isl-tl").getByRole("link", { name: w.save.home }).waitFor();
    await ben.button(w.tool.menu).click();
    await page.getByRole("menuitem", { name: w.tool.asList }).click();
    const card = page.getByRole("button", { name: text, exact: true });
    await card.waitFor();
    await ben.settled();

    await card.click();
    await page.locator("textarea:focus").waitFor();
    await ben.keys('" x"');
    const before = await page.evaluate(() => history.length);
    await page.setViewportSize({ width: 1200, height: 800 });
    await ben.keys('"y"');
    await ben.button(w.phone.save).click();
    const whole = ben.button(w.phone.whole);
    await stage.picture(ben, `wide-${lang}`);
    const offer = await whole.boundingBox();
    assert(offer !== null && offer.y > 0 && offer.y < 100, "the map is offered at the top, wherever one is");
    await whole.click();
    await ben.card(new RegExp(`^${text} xy`)).waitFor();
    assert.equal(await page.evaluate(() => history.length), before, "Back leaves the board as before");
    await ben.settled();
    await page.reload();
    await ben.card(new RegExp(`^${text} xy`)).waitFor();
  }

  const cem = await table.guest("Cem", "editor", { device: "phone" });
  const list = cem.page.locator("nav.ptabs");
  const map = cem.page.getByRole("grid");
  await cem.button(cem.w.phone.whole).tap();
  await map.waitFor();
  await cem.settled();
  await cem.page.reload();
  await map.waitFor();
  await cem.settled();
  assert.equal(await cem.page.locator(".toast").count(), 0, "who asked for the map is offered no list");
  await cem.page.goBack();
  await list.waitFor();
  await cem.settled();
  await cem.page.goForward();
  await map.waitFor();
  await cem.settled();
});
