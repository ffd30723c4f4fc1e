// What comes in by other ways than keys and mouse: an input method, the clipboard, two fingers, and paper on the way
// out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { converged, type Person } from "./person.ts";
import { Stage } from "./stage.ts";
import { Table } from "./table.ts";

const step = "Ich höre von einem Tarif";

/** Pastes a text as the clipboard would give it, and a table where a spreadsheet says that it is one. */
async function paste(person: Person, text: string, html = ""): Promise<void> {
  await person.page.evaluate(
    ([text, html]) => {
      const data = new DataTransfer();
      data.setData("text/plain", text ?? "");
      if (html) data.setData("text/html", html);
      const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
      (document.activeElement ?? document.body).dispatchEvent(event);
    },
    [text, html],
  );
}

async function texts(person: Person, lane: string, to: string): Promise<readonly string[]> {
  return person
    .cell(lane, to)
    .getByRole("option")
    .evaluateAll((nodes) => nodes.map((n) => n.querySelector(".txt")?.textContent ?? ""));
}

test("a composition stays whole while somebody else types in the same text", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  await ana.cell(ana.w.lane.pains, step).focus();
  await ana.keys('"Preis"', "Control+Enter");
  await converged(ana, ben);
  await ana.card("Preis").focus();
  await ana.keys("Enter", "End");
  await ben.card("Preis").focus();
  await ben.keys("Enter", "Home");

  const ime = await ana.context.newCDPSession(ana.page);
  const compose = (text: string): Promise<unknown> =>
    ime.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
  await compose("に");
  await ben.keys('"Hoher "');
  await ben.settled();
  await eventually("Ben's letters have come to Ana", async () => {
    const [a, b] = await Promise.all([ana.state(), ben.state()]);
    return a?.seq === b?.seq;
  });
  await compose("にほん");
  assert.equal(
    await ana.page.getByRole("textbox", { name: /Preis/ }).inputValue(),
    "Preisにほん",
    "the box is not touched while she composes",
  );
  await ime.send("Input.insertText", { text: "日本" });
  await converged(ana, ben);
  const whole = "Hoher Preis日本";
  for (const person of [ana, ben])
    await eventually(
      `${person.name} has both`,
      async () => (await person.page.getByRole("textbox", { name: /Preis/ }).inputValue()) === whole,
    );
  await ana.keys('"!"', "Escape");
  await ben.keys("Escape");
  await converged(ana, ben);
  await ben.card(`${whole}!`).waitFor();
});

test("on a phone too: a composition stays whole, and what slides and line ends bring along is taken as text", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const cem = await table.guest("Cem", "editor", { device: "phone" });
  const { w } = cem;
  await cem.button(w.phone.addTo(w.lane.pains)).tap();
  const sheet = cem.page.getByRole("dialog", { name: w.lane.pains });
  const box = sheet.getByRole("textbox");
  const writes = cem.page.locator("textarea:focus");
  await writes.waitFor();
  await cem.keys('"Preis"');
  await converged(ana, cem);
  await ana.card("Preis").focus();
  await ana.keys("Enter", "Home");

  const ime = await cem.context.newCDPSession(cem.page);
  await ime.send("Input.imeSetComposition", { text: "に", selectionStart: 1, selectionEnd: 1 });
  await ana.keys('"Hoher "');
  await ana.settled();
  await eventually("Ana's letters have come to Cem", async () => {
    const [a, c] = await Promise.all([ana.state(), cem.state()]);
    return a?.seq === c?.seq;
  });
  assert.equal(await box.inputValue(), "Preisに", "the box is not touched while he composes");
  await ime.send("Input.insertText", { text: "日本" });
  await eventually("both are in the box", async () => (await box.inputValue()) === "Hoher Preis日本");
  await converged(ana, cem);
  assert.equal(await box.inputValue(), "Hoher Preis日本");
  await cem.page.evaluate(() => document.execCommand("insertText", false, " eins\vzwei"));
  await cem.button(w.phone.save, sheet).tap();
  await ana.keys("Escape");
  await converged(ana, cem);
  await ana.card("Hoher Preis日本 eins zwei").waitFor();

  await cem.button(new RegExp(`^${w.emotion.word}`)).tap();
  await writes.waitFor();
  await cem.keys("Control+a", '"gut"');
  await cem.page.evaluate(() => document.execCommand("insertText", false, "\nund gern"));
  await cem.keys("Enter");
  await writes.waitFor({ state: "detached" });
  await cem.settled();
  await cem.button(new RegExp(`${w.emotion.word}.*gut und gern`)).waitFor();
});

test("cells of a spreadsheet fill right and down, lines fill a cell, and each paste is one undo", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const { w } = ana;
  const next = "Ich vergleiche Angebote";
  const before = {
    actions: await texts(ana, w.lane.actions, step),
    touch: await texts(ana, w.lane.touchpoints, next),
    pains: await texts(ana, w.lane.pains, step),
  };
  await ana.cell(w.lane.actions, step).focus();
  await paste(ana, 'eins\tzwei\r\n"mit\nzwei Zeilen"\tvier\r\n');
  await ana.settled();
  assert.deepEqual(await texts(ana, w.lane.actions, step), [...before.actions, "eins"]);
  assert.deepEqual(await texts(ana, w.lane.touchpoints, next), [...before.touch, "vier"]);
  assert.equal((await texts(ana, w.lane.touchpoints, step)).at(-1), "mit\nzwei Zeilen");
  await ana.keys("Control+z");
  await ana.settled();
  assert.deepEqual(await texts(ana, w.lane.actions, step), before.actions);
  assert.deepEqual(await texts(ana, w.lane.touchpoints, next), before.touch);

  await ana.cell(w.lane.pains, step).focus();
  await paste(ana, "zu teuer\nzu langsam\nzu weit weg");
  await ana.settled();
  assert.deepEqual(await texts(ana, w.lane.pains, step), [
    ...before.pains,
    "zu teuer",
    "zu langsam",
    "zu weit weg",
  ]);

  const stickies = (): Promise<number> =>
    ana.page.getByRole("option", { name: new RegExp(`^${w.sticky.one}: `) }).count();
  const had = await stickies();
  await ana.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await paste(ana, "eine Idee\nnoch eine");
  await ana.settled();
  assert.equal(await stickies(), had + 2);
});

test("two fingers zoom and pan, one finger pans", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage, { device: "tablet" });
  const touch = await ana.context.newCDPSession(ana.page);
  const send = (type: "touchStart" | "touchMove" | "touchEnd", ...points: readonly [number, number][]) =>
    touch.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  const zoom = (): Promise<number> =>
    ana.page
      .getByRole("button", { name: new RegExp(`^${ana.w.tool.zoomTo100}`) })
      .textContent()
      .then((text) => Number.parseInt(text ?? "", 10));
  const corner = async (): Promise<{ x: number; y: number }> => {
    const box = await ana.page.locator("#map").boundingBox();
    return { x: box?.x ?? 0, y: box?.y ?? 0 };
  };
  await ana.still();
  const before = await zoom();
  const held = { x: 500, y: 400 };
  await send("touchStart", [held.x - 50, held.y], [held.x + 50, held.y]);
  for (let d = 60; d <= 100; d += 10) await send("touchMove", [held.x - d, held.y], [held.x + d, held.y]);
  await send("touchEnd");
  await eventually("twice as large", async () => Math.abs((await zoom()) - before * 2) <= 2);

  await ana.still();
  const from = await corner();
  await send("touchStart", [400, 400], [600, 400]);
  for (let d = 20; d <= 100; d += 20) await send("touchMove", [400 - d, 400 - d], [600 - d, 400 - d]);
  await send("touchEnd");
  await eventually("moved by 100 with both fingers", async () => {
    const to = await corner();
    return Math.abs(from.x - to.x - 100) < 3 && Math.abs(from.y - to.y - 100) < 3;
  });
  assert.ok(Math.abs((await zoom()) - before * 2) <= 2, "and the zoom is as it was");

  await ana.keys("Control+0", "Shift+Digit1");
  await eventually("the map fits", async () => (await zoom()) < before * 2);
  await ana.still();
  const start = await corner();
  // Begin and move at once: a finger that lies still for half a second asks for a menu.
  await Promise.all([send("touchStart", [20, 700]), send("touchMove", [30, 700])]);
  for (let d = 20; d <= 60; d += 10) await send("touchMove", [20 + d, 700]);
  await send("touchEnd");
  await eventually("moved with one finger", async () => Math.abs((await corner()).x - start.x - 60) < 3);
});

test("far away the map is silhouettes, and the keyboard still finds its cards", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage, { lang: "en" });
  const { w, page } = ana;
  const zoom = page.getByRole("button", { name: new RegExp(`^${w.tool.zoomTo100}`) });
  for (let i = 0; i < 6; i++) await ana.keys("Control+-");
  await page.locator(".stage.far canvas").waitFor();
  await stage.picture(ana, "far");
  await ana.cell(w.lane.actions, "I hear about a plan").focus();
  await ana.keys("Enter");
  await eventually("a card has the focus", async () => (await ana.focus()).startsWith("option: "));
  await eventually(
    "and can be read",
    async () => Number.parseInt((await zoom.textContent()) ?? "", 10) >= 60,
  );
});

test("the whole map is printed on landscape pages, without the chrome", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage, { dark: true });
  await ana.keys("Control+0");
  await ana.still();
  const pdf = await ana.page.pdf({ preferCSSPageSize: true });
  await ana.page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await ana.page.emulateMedia({ media: "print" });
  const seen = await ana.page.evaluate(() => {
    const map = document.querySelector("#map")?.getBoundingClientRect();
    const shown = (query: string): boolean =>
      [...document.querySelectorAll<HTMLElement>(query)].some((n) => n.offsetParent !== null);
    return { width: map?.width ?? 0, left: map?.left ?? -1, chrome: shown(".isl, .mini, .over, .plus") };
  });
  assert.equal(seen.chrome, false, "no island, no minimap");
  assert.ok(seen.left >= 0 && seen.width <= 1520, `the map fits the page: ${JSON.stringify(seen)}`);
  const ink = await ana.page.evaluate(() =>
    [".printout h1", ".printout .card", ".printout .lh"].map((query) => {
      const node = document.querySelector(query);
      return node === null ? "" : getComputedStyle(node).color;
    }),
  );
  for (const color of ink) {
    const [red = 255, green = 255, blue = 255] = color.match(/\d+/g)?.map(Number) ?? [];
    assert.ok(red + green + blue < 300, `dark ink on white paper, though the screen is dark: ${ink}`);
  }
  const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  const box = /\/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)/.exec(pdf.toString("latin1"));
  assert.ok(Number(box?.[1]) > Number(box?.[2]), "landscape");
  assert.equal(pages, 1, "the stickies stand below the map where there is room");
  await ana.page.evaluate(() => dispatchEvent(new Event("afterprint")));
});

test("Space and drag moves the view whatever has the focus, and Space alone does what it means there", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage);
  const { page, w } = ana;
  const card = page.locator("[data-kind=card]").first();
  const sticky = page.locator("[data-kind=sticky]").first();
  const map = async (): Promise<string> => JSON.stringify(await page.locator(".map").boundingBox());
  for (const [what, node] of [
    ["a card", card],
    ["a sticky", sticky],
    ["a cell", ana.cell(w.lane.pains, "Ich höre von einem Tarif")],
    ["an emotion", page.locator("[data-emotion]").first()],
    ["a tool", ana.button(w.tool.hand)],
  ] as const) {
    await node.focus();
    await ana.still();
    const before = await map();
    const focus = await ana.focus();
    await page.keyboard.down("Space");
    await page.mouse.move(700, 500);
    await page.mouse.down();
    await page.mouse.move(640, 460, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.up("Space");
    await eventually(`the map moved with the focus on ${what}`, async () => (await map()) !== before);
    assert.equal(await ana.focus(), focus);
    assert.equal(await page.locator("[aria-selected=true]").count(), 0, what);
    assert.equal(await page.locator("dialog").count(), 0, what);
    assert.equal(await page.locator(".stage.pan").count(), 0, what);
  }
  await card.focus();
  await ana.keys("Space");
  await page.locator("[data-kind=card][aria-selected=true]").waitFor();
});

test("a text over its limit is not taken, and the page says so and gives it back", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage, { lang: "en" });
  await ana.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { w, page } = ana;
  await ana.cell(w.lane.pains, "I hear about a plan").focus();
  await ana.keys('"One"');
  const long = "word ".repeat(2_001);
  await page.keyboard.insertText(long);
  const toast = page.locator(".toast").filter({ hasText: w.refused.tooLong });
  await toast.getByRole("button", { name: w.notice.copy }).click();
  const copied = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
  await eventually("what was written is in the clipboard", async () => (await copied()) === long);
  await ana.keys("Control+Enter");
  await ana.card("One").waitFor();
  await ana.cell(w.lane.pains, "I hear about a plan").focus();
  await paste(ana, "y ".repeat(5_001));
  await toast.waitFor();
});
