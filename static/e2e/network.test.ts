// How a page is reached: through a proxy that speaks TLS, and over a network where others can read along.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.ts";
import { converged } from "./person.ts";
import { Stage } from "./stage.ts";
import { Table } from "./table.ts";

const step = "Ich höre von einem Tarif";

test("a browser joins by an invite through Caddy, on a path, and types", async (t) => {
  const stage = await Stage.open(t, { caddy: true, flags: ["-trusted-proxies=127.0.0.1"] });
  const table = await Table.set(stage);
  const { host: ana } = table;
  const url = await table.invite();
  assert.match(url, /^https:\/\/localhost:\d+\/waymark\/join#/);

  const ben = await stage.person("Ben", { lang: "en" });
  await ben.page.goto(url);
  await ben.field(ben.joining.name).fill("Ben Okafor");
  await ben.page.getByRole("radio", { name: "IT" }).check({ force: true });
  await ben.button(ben.joining.go).click();
  await ben.settled();
  assert.match(ben.page.url(), /\/waymark\/b\/board-/);
  const cell = ben.cell(ben.w.lane.pains, step);
  await cell.focus();
  await ben.keys('"through Caddy"', "Control+Enter");
  await ana.card("through Caddy", ana.cell(ana.w.lane.pains, step)).waitFor();
  await converged(ana, ben);
  assert.equal(await ben.page.getByText(ben.w.network.open, { exact: true }).count(), 0);
});

test("where others can read along, the page says so", async (t) => {
  const stage = await Stage.open(t, { line: true, name: "waymark.test", flags: ["-insecure-http"] });
  const ana = await stage.person("Ana", { lang: "en" });
  const says = () => ana.page.getByText(ana.w.network.open, { exact: true });
  await ana.page.goto(`${stage.server.url}/setup#${stage.server.setup}`);
  await says().waitFor();
  await ana.field(ana.w.sign.name).fill("Ana Berger");
  await ana.page.locator("form button[type=submit]").click();
  await ana.settled();
  await says().waitFor();
  await accessible(ana.page, "board without encryption");
  await stage.picture(ana, "board-open-network");

  await ana.button(ana.w.tool.share).click();
  const dialog = ana.page.getByRole("dialog", { name: ana.w.share.title });
  await dialog.getByText(ana.w.share.openNetwork).waitFor();
  await ana.button(ana.w.share.create, dialog).click();
  const url = await dialog.locator("[readonly]").inputValue();
  await ana.button(ana.w.share.copy, dialog).click();
  await ana.button(ana.w.share.copied, dialog).waitFor();

  const ben = await stage.person("Ben", { device: "phone" });
  await ben.page.goto(url);
  await ben.page.getByText(ben.w.network.open, { exact: true }).waitFor();
  await accessible(ben.page, "join without encryption");
  await stage.picture(ben, "join-open-network");
  await ben.field(ben.joining.name).fill("Ben Okafor");
  await ben.button(ben.joining.go).tap();
  await ben.settled();
  await ben.page.getByText(ben.w.network.open, { exact: true }).waitFor();
  await stage.picture(ben, "board-phone-open-network");

  // Such a page has no locks: what it has not sent is found by the page that is loaded after it all the same.
  ana.outage = true;
  ben.outage = true; // the line cuts him too
  await ana.keys("Escape");
  stage.line.sockets = false;
  stage.line.cut();
  await ana.cell(ana.w.lane.pains, "My plan goes up in price").focus();
  await ana.keys('"Not sent yet"', "Escape");
  await ana.is({ status: "offline" });
  await ana.page.reload();
  await ana.page.getByRole("link", { name: ana.w.save.home }).waitFor();
  stage.line.sockets = true;
  await ana.card("Not sent yet").waitFor();
  await ana.settled();
  await converged(ana, ben);

  await ana.page.goto(`${stage.server.url}/`);
  await says().waitFor();
});
