// Where the focus goes and what is said: Tab moves the camera and nothing else, tools leave the keys on the board,
// a new map can be typed into at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import type { Person } from "./person.ts";
import { Stage } from "./stage.ts";
import { Table } from "./table.ts";

/** What the polite line has said since the last question. */
async function heard(person: Person, text: string): Promise<void> {
  let last = "";
  await eventually(
    `${person.name} hears ${text}`,
    async () => {
      last = (await person.page.locator("#said").textContent()) ?? "";
      return last.includes(text);
    },
    () => last,
  );
}

test("Tab leads through the whole page and the camera follows; nothing scrolls by itself", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage);
  const { page, w } = ana;
  const seen: string[] = [];
  await ana.still();
  for (let i = 0; i < 60; i++) {
    await ana.keys("Tab");
    const at = await page.evaluate(async () => {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const node = document.activeElement as HTMLElement;
      const area = document.querySelector(".stage") as HTMLElement;
      const box = node.getBoundingClientRect();
      return {
        name: node.getAttribute("aria-label") ?? node.textContent ?? "",
        on: node.closest(".world") !== null,
        scrolled: area.scrollTop + area.scrollLeft + document.documentElement.scrollTop,
        seen: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
      };
    });
    assert.equal(at.scrolled, 0, `${at.name} scrolled the stage`);
    if (at.on) assert(at.seen, `${at.name} has the focus out of sight`);
    if (at.on) seen.push(at.name);
  }
  assert(
    seen.some((name) => name.includes(w.map.addLane)),
    `Tab came to the lane button: ${seen.join(" > ")}`,
  );
  assert(
    seen.some((name) => name.startsWith(w.sticky.one)),
    `Tab came to a sticky: ${seen.join(" > ")}`,
  );
});

test("typing on a new map makes its first card; a tool that was clicked leaves the keys alone", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage, { lang: "en" });
  const { page, w } = ana;
  await page.goto(stage.server.url);
  await ana.button(new RegExp(`^(${w.home.emptyMap}|${w.home.newBoard})`)).click();
  await ana.settled();
  await page.locator(".cell.pulse:focus").waitFor();
  await ana.keys('"Hello now"', "Control+Enter");
  await ana.card("Hello now").waitFor();

  await ana.keys("Escape", "Escape", "Escape");
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await ana.still();
  const zoom = async (): Promise<string | null> =>
    ana.button(new RegExp(`^${w.tool.zoomTo100}`)).getAttribute("aria-label");
  const before = await zoom();
  await ana.button(w.tool.zoomIn).click();
  await eventually("the map is larger", async () => (await zoom()) !== before);
  const larger = await zoom();
  await ana.keys("Shift+Digit1");
  await eventually("the map is fitted", async () => (await zoom()) !== larger);
  await ana.button(w.tool.select).click();
  await ana.keys("n");
  await page.locator(".editor").waitFor();
  await ana.keys('"By key"', "Escape");
  await page.getByRole("option", { name: `${w.sticky.one}: By key` }).waitFor();
});

test("what is said: one card is one card, own deeds are one's own", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage, { lang: "en" });
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  const { w } = ana;
  const said = await ben.page.evaluateHandle(() => {
    const all: string[] = [];
    new MutationObserver(() => all.push(document.getElementById("said")?.textContent ?? "")).observe(
      document.getElementById("said") as HTMLElement,
      { childList: true, characterData: true, subtree: true },
    );
    return all;
  });
  await ana.cell(w.lane.pains, "My plan goes up in price").focus();
  await ana.keys('"A card of many letters"', "Control+Enter");
  await ana.settled();
  await heard(ben, w.notice.added("Ana Berger", 1));
  await ana.keys("Delete");
  await ana.keys("Control+z");
  await heard(ana, w.notice.undone);
  const own = (await ana.page.locator("#said").textContent()) ?? "";
  assert(!own.includes(w.notice.deletedByOther), own);
  assert(!own.includes(".."), own);
  for (const line of await said.jsonValue()) assert.doesNotMatch(line, /added \d+ cards/);
});

test("whoever has left the map is not brought back by what others do", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage, { lang: "en" });
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  const { page, w } = ana;
  await page.getByRole("columnheader", { name: /^Step 1: / }).focus();
  await ana.keys("Escape");
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await ben.cell(w.lane.pains, "I hear about a plan").focus();
  await ben.keys('"From Ben"', "Control+Enter");
  await ana.card("From Ben").waitFor();
  await ana.keys("n");
  await page.locator(".editor").waitFor();
  await ana.keys('"By key"', "Escape");
  await page.getByRole("option", { name: `${w.sticky.one}: By key` }).waitFor();

  await ana.card("From Ben").focus();
  await ben.card("From Ben").focus();
  await ben.keys("Delete");
  await eventually("the cell has the focus of the card that was deleted", async () =>
    (await ana.focus()).startsWith(`gridcell: ${w.lane.pains}, I hear about a plan`),
  );
});

test("what has the focus outside the map and is in sight stays where it is", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage);
  const { page, w } = ana;
  const map = async (): Promise<string> => {
    await ana.still();
    return JSON.stringify(await page.locator(".map").boundingBox());
  };
  const before = await map();
  for (const node of [
    ana.button(w.map.addLane),
    ana.button(w.map.addStep),
    page.getByRole("option", { name: new RegExp(`^${w.sticky.one}: `) }).first(),
  ]) {
    await node.focus();
    assert.equal(await map(), before);
  }
});
