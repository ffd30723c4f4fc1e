// What happens when the network, the server or the page goes away while somebody types.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { carriesEntryWith } from "./line.ts";
import { converged, type Person } from "./person.ts";
import { Stage } from "./stage.ts";
import { Table } from "./table.ts";

const step = "Ich höre von einem Tarif";

async function startCard(person: Person, text: string): Promise<void> {
  await person.cell(person.w.lane.pains, step).focus();
  await person.keys(`"${text}"`);
}

test("offline, edit, reload, back online: nothing is lost", async (t) => {
  const stage = await Stage.open(t, { line: true });
  const table = await Table.set(stage);
  const { host: ana } = table;
  ana.outage = true; // the line cuts her too
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  ben.outage = true;
  await ben.context.setOffline(true);
  stage.line.cut();
  await startCard(ben, "Written offline");
  await ben.keys("Escape");
  await ben.is({ status: "offline" });
  await ben.page
    .getByRole("alert")
    .filter({ hasText: /No connection/ })
    .waitFor();
  await startCard(ana, "Inzwischen");
  await ana.keys("Escape");
  await ana.settled();
  assert.equal(await ana.card("Written offline").count(), 0);

  // The page comes from the server: it is loaded again while only its socket is held back.
  stage.line.sockets = false;
  await ben.context.setOffline(false);
  await ben.page.reload();
  await ben.page.getByRole("link", { name: ben.w.save.home }).waitFor();
  stage.line.sockets = true;
  await converged(ana, ben);
  for (const person of [ana, ben]) {
    await person.card("Inzwischen").waitFor();
    await person.card("Written offline").waitFor();
    assert.equal(await person.card("Written offline").count(), 1, "there, and once");
  }
});

test("a line that falls silent is noticed while something is on its way", async (t) => {
  const stage = await Stage.open(t, { line: true });
  const { host: ana } = await Table.set(stage);
  ana.outage = true;
  let speak = (): void => undefined;
  const silent = new Promise<void>((resolve) => {
    speak = resolve;
  });
  stage.line.judge = () => ({ holdUntil: silent });
  await startCard(ana, "Ins Leere");
  await ana.keys("Escape");
  await ana.page.locator("[data-save=offline]").waitFor();
  stage.line.judge = () => "pass";
  speak();
  await ana.settled();
  assert.equal(await ana.card("Ins Leere").count(), 1);
});

test("a browser that has no network says so at once", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage);
  ana.outage = true;
  await ana.context.setOffline(true);
  await startCard(ana, "Ohne Netz");
  await ana.keys("Escape");
  await ana.is({ status: "offline" });
  await ana.page.locator("[data-save=offline]").waitFor();
  await ana.context.setOffline(false);
  await ana.settled();
  assert.equal(await ana.card("Ohne Netz").count(), 1);
});

test("the server is killed and started again while two people type", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  ana.outage = true;
  ben.outage = true;
  await startCard(ana, "Vorher ");
  await startCard(ben, "Before ");
  await stage.server.kill();
  await ana.keys('"mittendrin "');
  await ben.keys('"between "');
  await stage.server.start();
  await ana.keys('"nachher"', "Escape");
  await ben.keys('"after"', "Escape");
  await converged(ana, ben);
  for (const person of [ana, ben]) {
    await person.card("Vorher mittendrin nachher").waitFor();
    await person.card("Before between after").waitFor();
  }
});

test("an acknowledgement that is lost on the way makes nothing twice", async (t) => {
  const stage = await Stage.open(t, { line: true });
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  ana.outage = true;
  ben.outage = true;
  let cuts = 0;
  stage.line.judge = (message) => {
    if (cuts >= 2 || !message.includes("entries") || !carriesEntryWith(message, `"kind":"card"`))
      return "pass";
    cuts++;
    return "cut"; // for the author and for the other alike: who reads it first
  };
  await startCard(ana, "Doppelt");
  await ana.keys("Escape");
  await converged(ana, ben);
  assert(cuts > 0, "the frame was swallowed");
  for (const person of [ana, ben]) assert.equal(await person.card("Doppelt").count(), 1);
});

test("a second tab of the same browser edits beside the first", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const tab = await ana.tab();
  await ana.settled(tab);
  await startCard(ana, "Erster Reiter");
  await ana.keys("Escape");
  await ana.cell(ana.w.lane.pains, "Ich prüfe mein Netz", tab).focus();
  await tab.keyboard.type("Zweiter Reiter");
  await tab.keyboard.press("Escape");
  await ana.settled();
  await ana.settled(tab);
  for (const page of [ana.page, tab]) {
    await ana.card("Erster Reiter", page).waitFor();
    await ana.card("Zweiter Reiter", page).waitFor();
  }
  await tab.reload();
  await ana.settled(tab);
  await tab.close();
  await startCard(ana, "Danach");
  await ana.keys("Escape");
  await ana.settled();
});

test("a low limit of edits slows them down, and all of them arrive", async (t) => {
  const stage = await Stage.open(t, { flags: ["-ops-burst=1", "-ops-per-second=5"] });
  const { host: ana } = await Table.set(stage);
  const cell = ana.cell(ana.w.lane.pains, step);
  for (const text of ["Eins", "Zwei", "Drei"]) {
    await cell.focus();
    await ana.keys(`"${text}"`, "Control+Enter");
  }
  await ana.settled();
  for (const text of ["Eins", "Zwei", "Drei"]) await ana.card(text, cell).waitFor();
});

test("what was done offline and may not be done any more is offered to take along, and what is unsent is named", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  await ben.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await ana.button(ana.w.tool.share).click();
  const dialog = ana.page.getByRole("dialog", { name: ana.w.share.title });
  const role = dialog.getByRole("combobox", { name: `${ana.w.share.role}: Ben Muster` });

  ben.outage = true;
  await ben.context.setOffline(true);
  await startCard(ben, "Kept for Ben");
  await ben.keys("Control+Enter");
  await ben.is({ status: "offline" });
  // Ben comes back only once the board knows of it, or what he did would still be taken.
  const { seq } = await ana.settled();
  await role.selectOption("viewer");
  await eventually("the role is on the board", async () => ((await ana.state())?.seq ?? 0) > seq);
  await ben.context.setOffline(false);
  const toast = ben.page.locator(".toast").filter({ hasText: ben.w.refused.role });
  await toast.getByRole("button", { name: ben.w.notice.copy }).click();
  await eventually("what was done is in the clipboard", async () =>
    (await ben.page.evaluate(() => navigator.clipboard.readText())).includes("Kept for Ben"),
  );
  await ben.is({ status: "readonly" });
  assert.equal(await ben.page.locator("html").getAttribute("data-reloads"), "0", "no reset for nothing");

  await role.selectOption("editor");
  await ben.is({ status: "saved" });
  await ben.context.setOffline(true);
  await startCard(ben, "Not sent");
  await ben.is({ status: "offline" });
  await ana.button(`${ana.w.share.remove}: Ben Muster`, dialog).click();
  await Promise.all([
    dialog.getByText(ana.w.share.removed("Ben Muster"), { exact: true }).waitFor(), // it goes by itself
    ana.button(ana.w.share.removeNow, dialog).click(),
  ]);
  await ben.context.setOffline(false);
  await ben.is({ status: "closed" });
  const said = ben.page.getByRole("alert").filter({ hasText: ben.w.save.closedWhy.revoked });
  await said.filter({ hasText: new RegExp(ben.w.save.kept(0).replace("0", "[1-9]")) }).waitFor();
  await stage.picture(ben, "removed-unsent");
});

test("behind a proxy that refuses WebSockets the page says what is missing, and opens once it lets them through", async (t) => {
  const stage = await Stage.open(t, { line: true });
  const table = await Table.set(stage);
  for (const [lang, device] of [
    ["de", "desktop"],
    ["en", "phone"],
  ] as const) {
    const ben = await table.guest("Ben", "editor", { lang, device });
    const { page, w } = ben;
    ben.outage = true;
    stage.line.sockets = "refused";
    await page.reload();
    const said = page.getByRole("alert").filter({ hasText: `${w.save.late} ${w.save.blocked}` });
    const check = said.getByRole("link", { name: w.save.check });
    await check.waitFor();
    assert.equal((await ben.state())?.status, "opening");
    await stage.picture(ben, `upgrade-refused-${device}-${lang}`);
    const [there] = await Promise.all([
      ben.context.waitForEvent("page"),
      check.click({ modifiers: ["Control"] }),
    ]);
    await there.waitForURL("**/check");
    await there.close();
    stage.line.sockets = true;
    await ben.settled();
    await said.waitFor({ state: "hidden" });
  }
});

test("signed out elsewhere in the middle of a word: the box closes, the banner says why, nothing empty is left", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  for (const [lang, device] of [
    ["de", "desktop"],
    ["en", "phone"],
  ] as const) {
    const ben = await table.guest("Ben", "editor", { lang, device });
    const { page, w } = ben;
    ben.refusal = true; // what asks for a fresh token now is told that nobody is signed in
    const box = page.locator(device === "phone" ? "dialog.sheet" : ".editor");
    if (device === "phone") await ben.button(w.phone.addTo(w.lane.pains)).tap();
    else await ben.cell(w.lane.pains, step).focus();
    await ben.keys('"M"');
    await box.waitFor();
    await ben.keys('"itten"');
    const other = await ben.context.newPage();
    ben.watch(other);
    await other.goto(stage.server.url);
    await ben.button(new RegExp(`^${w.tool.account}`), other).click();
    await other.getByRole("menuitem", { name: w.sign.signOut }).click();
    await ben.button(w.sign.leaveAnyway, other.getByRole("dialog")).click();
    await ben.is({ status: "closed" });
    await page.getByRole("alert").filter({ hasText: w.save.closedWhy.signin }).waitFor();
    await box.waitFor({ state: "detached" });
    await stage.picture(ben, `signed-out-${device}-${lang}`);
    for (const island of await page.locator(".isl").all())
      assert.notEqual(await island.locator("button, a").count(), 0, "an island holds something");
    await page.getByText("Mitten", { exact: true }).first().waitFor();
    await ben.keys('"x"');
    assert.equal(await box.count(), 0, "no other box opens");
    await table.host.card("Mitten").first().waitFor();
    await other.close();
  }
});

test("a browser that forbids to keep anything still shows the board and takes edits", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const ben = await stage.person("Ben", { lang: "en" });
  await ben.context.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("no", "SecurityError");
    };
  });
  await ben.page.goto(await table.invite());
  await ben.field(ben.joining.name).fill("Ben Muster");
  await ben.button(ben.joining.go).click();
  await ben.settled();
  await startCard(ben, "Without a store");
  await ben.keys("Control+Enter");
  await table.host.card("Without a store").waitFor();
});
