// Share, invite, join: a second person at a desk, a third on a phone; roles change and end while people look on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.ts";
import { converged } from "./person.ts";
import { Stage } from "./stage.ts";
import { Table } from "./table.ts";

const step = "Ich höre von einem Tarif";

test("share, invite, join at a desk and on a phone, and see each other", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage);
  await ana.button(ana.w.tool.share).click();
  const dialog = ana.page.getByRole("dialog", { name: ana.w.share.title });
  await dialog.getByText(ana.w.share.loopback).waitFor();
  await accessible(ana.page, "share");
  await ana.button(ana.w.share.create, dialog).click();
  const link = dialog.getByRole("textbox").filter({ hasText: "" }).and(dialog.locator("[readonly]"));
  const url = await link.inputValue();
  assert.match(url, /\/join#/);

  const ben = await stage.person("Ben", { lang: "en" });
  await ben.page.goto(url);
  await ben.page.getByRole("heading", { name: "Ich wechsle meinen Mobilfunkvertrag" }).waitFor();
  assert.equal(new URL(ben.page.url()).hash, "", "the secret is out of the address");
  await accessible(ben.page, "join");
  await ben.field(ben.joining.name).fill("Ben Okafor");
  await ben.page.getByRole("radio", { name: "IT" }).check({ force: true });
  await ben.button(ben.joining.go).click();
  await ben.settled();

  const cem = await stage.person("Cem", { device: "phone" });
  await cem.page.goto(url);
  await cem.field(cem.joining.name).fill("Cem Yilmaz");
  await cem.page.getByText(cem.joining.departments[2] ?? "", { exact: true }).tap();
  await accessible(cem.page, "join on a phone");
  await stage.picture(cem, "join-phone");
  await cem.button(cem.joining.go).tap();
  await cem.settled();
  await accessible(cem.page, "board on a phone");
  await stage.picture(cem, "board-phone");

  await converged(ana, ben, cem);
  await dialog.getByText("Ben Okafor").waitFor();
  await dialog.getByText("Cem Yilmaz").waitFor();
  await dialog.getByText(`IT · ${ana.w.share.here}`).waitFor();
  await ana.keys("Escape");
  await ana.page.getByRole("group", { name: ana.w.tool.present(3) }).waitFor();
  await ben.page.getByRole("group", { name: ben.w.tool.present(3) }).waitFor();
});

test("a role that changes and ends is felt at once", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  await ana.button(ana.w.tool.share).click();
  const dialog = ana.page.getByRole("dialog", { name: ana.w.share.title });
  const role = dialog.getByRole("combobox", { name: `${ana.w.share.role}: Ben Muster` });

  // In the middle of a word.
  const box = ben.page.locator(".editor");
  await ben.cell(ben.w.lane.pains, step).focus();
  await ben.keys('"H"');
  await box.waitFor();
  await ben.keys('"alf a se"');
  await ben.settled();
  await role.selectOption("viewer");
  await ben.is({ status: "readonly" });
  await ben.page
    .locator(".toast")
    .filter({ hasText: ben.w.notice.role(ben.w.role.viewer) })
    .waitFor();
  assert.equal(await box.count(), 0, "nothing is open that takes no letter");
  await ben.keys('"ntence"');
  await ben.page.getByText("Half a se", { exact: true }).first().waitFor();
  assert.equal(await box.count(), 0);
  assert.equal(await ben.button(ben.w.tool.undo).count(), 0, "a viewer is offered nothing to undo");
  await role.selectOption("participant");
  await ben.is({ status: "saved" });

  const remove = ana.button(`${ana.w.share.remove}: Ben Muster`, dialog);
  await remove.click();
  await ana.button(ana.w.common.cancel, dialog).click();
  await ben.is({ status: "saved" });
  await remove.click();
  await Promise.all([
    dialog.getByText(ana.w.share.removed("Ben Muster"), { exact: true }).waitFor(), // it goes by itself
    ana.button(ana.w.share.removeNow, dialog).click(),
  ]);
  await ben.is({ status: "closed" });
  await ben.page.getByRole("alert").filter({ hasText: ben.w.save.closedWhy.revoked }).waitFor();
  const badge = ben.page.locator('[data-save="closed"]');
  const [fault, ...looks] = await badge.evaluate((node) => {
    const icon = node.querySelector(".i") as Element;
    const probe = node.appendChild(document.createElement("i"));
    probe.style.color = "var(--danger)";
    const colors = [probe, node, icon].map((one) => getComputedStyle(one).color);
    probe.remove();
    return colors;
  });
  assert.deepEqual(looks, [fault, fault], "the badge looks like a fault");
  assert.equal(await ben.button(ben.w.tool.share).count(), 0, "nothing is offered that cannot work");
  await ben.button(ben.w.tool.menu).click();
  await ben.page.getByRole("menuitem", { name: ben.w.tool.print }).waitFor();
  assert.equal(await ben.page.getByRole("menuitem", { name: ben.w.tool.export }).count(), 0);
  await ben.keys("Escape");
  await stage.picture(ben, "removed");

  // The link is still open, and Share says so: a new one takes its place.
  const note = dialog.getByRole("status").filter({ hasText: ana.w.share.comeBack("Ben Muster") });
  await accessible(ana.page, "share after a removal");
  await stage.picture(ana, "share-removed");
  await ana.button(ana.w.share.renew, note).click();
  await note.waitFor({ state: "detached" });
  const fresh = await dialog.locator("[data-invite-url]").inputValue();
  const cem = await stage.person("Cem", { lang: "en" });
  await cem.page.goto(fresh);
  await cem.field(cem.joining.name).waitFor();
  await ben.page.reload();
  await ben.page.getByRole("heading", { name: ben.w.noBoard.revoked }).waitFor();
});

test("who also has a viewer's link is out with the removal", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben", "viewer", { lang: "en" });
  await ben.page.goto(await table.invite("editor"));
  await ben.button(ben.joining.go).click();
  await ben.settled();
  await ana.button(ana.w.tool.share).click();
  const dialog = ana.page.getByRole("dialog", { name: ana.w.share.title });
  await ana.button(`${ana.w.share.remove}: Ben Muster`, dialog).click();
  await ana.button(ana.w.share.removeNow, dialog).click();
  await ben.is({ status: "closed" });
  await ben.page.reload();
  await ben.page.getByRole("heading", { name: ben.w.noBoard.revoked }).waitFor();
});

test("a link that was closed lets nobody in any more", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const url = await table.invite();
  const { host: ana } = table;
  await ana.button(ana.w.tool.share).click();
  await ana.button(new RegExp(`^${ana.w.share.close}`), ana.page.getByRole("dialog")).click();
  await ana.page.getByText(ana.w.share.noLinks).waitFor();
  const ben = await stage.person("Ben", { lang: "en" });
  ben.refusal = true;
  await ben.page.goto(url);
  await ben.page.getByRole("main").getByRole("alert").waitFor(); // there is another for what is said at once
  assert.equal(await ben.field(ben.joining.name).count(), 0);

  // A good one, put into the address of the same tab.
  const fresh = await table.invite();
  await ben.page.evaluate((to) => location.assign(to), fresh);
  await ben.field(ben.joining.name).waitFor();
  assert.equal(new URL(ben.page.url()).hash, "");
});

test("an administrator invites a guest to an account, and the board goes along", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben", "participant", { lang: "en" });
  await ana.button(new RegExp(`^${ana.w.tool.account}`)).click();
  await ana.page.getByRole("menuitem", { name: ana.w.sign.newAccount }).click();
  const dialog = ana.page.getByRole("dialog", { name: ana.w.sign.newAccount });
  await ana.field(ana.w.sign.whose.name, dialog).fill("Ben Okafor");
  await accessible(ana.page, "invite to an account");
  await ana.button(ana.w.sign.makeLink, dialog).click();
  const url = await dialog.locator("[data-invite-url]").inputValue();
  assert.match(url, /\/login#/);
  await ben.page.goto(url);
  await ben.button(/: Ben Okafor$/).waitFor();
  await ben.page.goto(table.url);
  await ben.settled();
  await ben.button(/: Ben Okafor$/).click();
  // The account has the language of its browser, until its owner chooses.
  await ben.page.getByRole("menuitem", { name: ben.w.sign.firstPassword }).waitFor();
  // Without a password there is no way back in: one is asked, and may set one there.
  await ben.page.getByRole("menuitem", { name: ben.w.sign.signOut }).click();
  const question = ben.page.getByRole("dialog", { name: ben.w.sign.leaveOpen });
  await accessible(ben.page, "signing out without a password");
  await ben.button(ben.w.sign.firstPassword, question).click();
  const form = ben.page.getByRole("dialog", { name: ben.w.sign.firstPassword });
  assert.equal(await ben.field(ben.w.sign.oldPassword, form).count(), 0, "there is no old one");
  await ben.field(ben.w.sign.login, form).fill("ben");
  await ben.field(ben.w.sign.newPassword, form).fill("trains are slow");
  await ben.button(ben.w.sign.save, form).click();
  await form.waitFor({ state: "detached" });
  await ben.button(/: Ben Okafor$/).click();
  await ben.page.getByRole("menuitem", { name: ben.w.sign.setPassword }).waitFor();
  await ben.page.getByRole("menuitem", { name: ben.w.sign.signOut }).click();
  await ben.field(ben.w.sign.login).fill("ben");
  await ben.field(ben.w.sign.password).fill("trains are slow");
  await ben.button(ben.w.sign.signIn).click();
  await ben.page.getByRole("heading", { level: 1 }).waitFor();
  await ben.button(/: Ben Okafor$/).waitFor();
});

test("without a connection Share says so, makes no link, and can be asked again", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const { w, page } = ana;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  await ben.button(ben.w.tool.share).click();
  await ben.page.getByText(ben.w.share.onlyFacilitators).waitFor();
  assert.equal(await ben.page.locator("dialog code").count(), 0, "the server's command is not a guest's");

  ana.outage = true;
  ben.outage = true;
  await ana.context.setOffline(true);
  await stage.server.kill();
  await ana.is({ status: "offline" });
  await ana.button(w.tool.share).click();
  const dialog = page.getByRole("dialog", { name: w.share.title });
  const again = ana.button(w.sign.again, dialog);
  await again.waitFor();
  assert(await ana.button(w.share.create, dialog).isDisabled());
  assert.equal(await dialog.getByRole("heading", { name: w.share.links }).count(), 0);
  await stage.picture(ana, "share-offline");
  await stage.server.start();
  await ana.context.setOffline(false);
  await dialog.getByText("Ben Muster").waitFor();
  assert(await ana.button(w.share.create, dialog).isEnabled());
});
