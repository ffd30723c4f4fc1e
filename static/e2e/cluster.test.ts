// Three servers on one Postgres and one Redis, behind a proxy that sends anybody to any of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { converged, type Person } from "./person.ts";
import { Stage } from "./stage.ts";
import { Table } from "./table.ts";

const step = "Ich höre von einem Tarif";

/** Loads pages anew until each server has one of them: by chance, so that only the tries are counted and not the time. */
async function spread(stage: Stage, people: readonly Person[]): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const sessions = await eventually("the servers have as many as there are people", async () => {
      const now = await Promise.all(stage.servers.map((s) => s.sessions()));
      return now.reduce((sum, n) => sum + n, 0) === people.length && now;
    });
    if (sessions.every((n) => n === 1)) return;
    const someone = people[Math.floor(Math.random() * people.length)];
    await someone?.page.reload();
    await someone?.open();
  }
  assert.fail("the proxy never sends them to one server each");
}

async function startCard(person: Person, text: string): Promise<void> {
  await person.cell(person.w.lane.pains, step).focus();
  await person.keys(`"${text}"`);
}

test("three people on three servers type, drag, go offline and come back while a server is killed", async (t) => {
  const stage = await Stage.open(t, { servers: 3 });
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  const cleo = await table.guest("Cleo", "editor");
  const people = [ana, ben, cleo];
  for (const person of people) person.outage = true;
  await spread(stage, people);
  await ana.page.getByRole("group", { name: ana.w.tool.present(3) }).waitFor();

  await startCard(ana, "Von Ana");
  await startCard(ben, "From Ben");
  await ana.keys("Escape");
  await ben.keys("Escape");
  await converged(...people);

  // Two in one card, each on a server of their own.
  await ana.card("Von Ana").focus();
  await ana.keys("Enter", "End");
  await ben.card("Von Ana").focus();
  await ben.keys("Enter", "Home");
  await Promise.all([ana.keys('" und weiter"'), ben.keys('"Gut: "')]);
  await converged(...people);

  await cleo.context.setOffline(true);
  await startCard(cleo, "Ohne Netz");
  await cleo.keys("Escape");
  await cleo.is({ status: "offline" });
  // One that has somebody: who is offline is at none.
  const sessions = await eventually("two are left on the servers", async () => {
    const now = await Promise.all(stage.servers.map((s) => s.sessions()));
    return now.reduce((sum, n) => sum + n, 0) === 2 && now;
  });
  const victim = stage.servers[sessions.indexOf(1)];
  assert(victim !== undefined);
  await victim.kill();
  await Promise.all([ana.keys('" ohne Server"'), ben.keys('"Sehr "')]);
  for (const person of [ana, ben])
    assert.equal(await person.card("Ohne Netz").count(), 0, "nothing comes from who is offline");

  const card = ben.card(/^Endpreis erst ganz am Ende/);
  const to = ben.cell(ben.w.lane.pains, step);
  await ben.still();
  const [from, target] = await Promise.all([card.boundingBox(), to.boundingBox()]);
  assert(from !== null && target !== null);
  await ben.page.mouse.move(from.x + 30, from.y + 10);
  await ben.page.mouse.down();
  await ben.page.mouse.move(target.x + target.width / 2, target.y + target.height / 2, { steps: 12 });
  await ben.page.mouse.up();

  await cleo.context.setOffline(false);
  await converged(...people);
  await victim.start();
  await ana.keys("Escape");
  await startCard(ana, "Danach");
  await ana.keys("Escape");
  await converged(...people);
  await stage.picture(ana, "cluster");
  for (const person of people) {
    const cell = person.cell(person.w.lane.pains, step);
    for (const text of ["Gut: Sehr Von Ana und weiter ohne Server", "From Ben", "Ohne Netz", "Danach"])
      assert.equal(await person.card(text, cell).count(), 1, `${person.name} sees ${text} once`);
    await person.card(/^Endpreis/, cell).waitFor();
  }
});
