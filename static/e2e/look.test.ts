// How it looks, and whether everyone can use it: board and home, light and dark, with the panels that open beside them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.ts";
import { Stage } from "./stage.ts";
import { Table } from "./table.ts";

for (const dark of [false, true]) {
  const theme = dark ? "dark" : "light";
  test(`board and home are accessible, ${theme}`, async (t) => {
    const stage = await Stage.open(t);
    const table = await Table.set(stage, { dark });
    const { host: ana } = table;
    const { w, page } = ana;
    await accessible(page, `board, ${theme}`);
    await stage.picture(ana, `board-${theme}`);
    for (const [tool, name] of [
      [w.tool.moments, "moments"],
      [w.tool.outline, "outline"],
      [w.tool.tray, "tray"],
      [w.tool.deleted, "deleted"],
    ] as const) {
      await ana.button(new RegExp(`^${tool}`), page.getByRole("toolbar", { name: w.tool.tools })).click();
      await page.getByRole("complementary", { name: new RegExp(`^${tool}`) }).waitFor();
      await accessible(page, `${name}, ${theme}`);
      await stage.picture(ana, `${name}-${theme}`);
    }
    await ana.keys("F1");
    await page.getByRole("dialog", { name: w.help.title }).waitFor();
    await accessible(page, `help, ${theme}`);
    await ana.keys("Escape");

    await page.getByRole("link", { name: w.save.home }).click();
    await ana.button(new RegExp(`^${w.home.emptyMap}`)).click();
    await ana.settled();
    await accessible(page, `empty board, ${theme}`);
    await stage.picture(ana, `board-empty-${theme}`);
    await page.getByRole("link", { name: w.save.home }).click();
    await page.getByRole("heading", { name: w.home.boards }).waitFor();
    await page.getByRole("link", { name: /Ich wechsle meinen Mobilfunkvertrag/ }).waitFor();
    await accessible(page, `home, ${theme}`);
    await stage.picture(ana, `home-${theme}`);
  });
}

test("stickies and what others have selected go under the pinned heads", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { host: ana } = table;
  const ben = await table.guest("Ben", "editor");
  const { page } = ana;
  /** What is seen in the middle of where a node lies over a head; undefined while it lies over none. */
  const over = (what: string, head: string): Promise<string | undefined> =>
    page.evaluate(
      ([what, head]) => {
        const a = document.querySelector<HTMLElement>(what);
        if (a === null) return undefined;
        a.style.pointerEvents = "auto";
        const box = a.getBoundingClientRect();
        for (const b of document.querySelectorAll<HTMLElement>(head)) {
          const there = b.getBoundingClientRect();
          const left = Math.max(box.left, there.left);
          const right = Math.min(box.right, there.right);
          const top = Math.max(box.top, there.top);
          const bottom = Math.min(box.bottom, there.bottom);
          if (right - left < 12 || bottom - top < 12 || top < 0 || bottom > innerHeight) continue;
          const seen = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
          return a.contains(seen) ? "above" : "below";
        }
        return undefined;
      },
      [what, head] as const,
    );
  /** So many steps, however long each takes. */
  const pan = async (dx: number, dy: number, until: () => Promise<string | undefined>): Promise<string> => {
    for (let steps = 0; steps < 150; steps++) {
      await page.mouse.wheel(dx, dy);
      await ana.twoFrames();
      const got = await until();
      if (got !== undefined) return got;
    }
    return "never over a head";
  };
  const fit = async (): Promise<void> => {
    await ana.button(new RegExp(`^${ana.w.tool.fit}`)).click();
    await ana.still();
    await page.mouse.move(900, 600);
  };
  await ben.cell(ben.w.lane.pains, "Ich höre von einem Tarif").focus();
  await ben.keys('"Von Ben"', "Control+Enter", "Space");
  await ana.card("Von Ben").waitFor();
  await page.locator(".ring").first().waitFor();
  await ana.still();
  await page.mouse.move(900, 600);
  assert.equal(await pan(0, 24, () => over(".ring", ".hd")), "below");
  await fit();
  assert.equal(await pan(24, 0, () => over(".ring", ".lh")), "below");
  await fit();
  const sticky = page.locator("[data-kind=sticky]").first();
  const id = await sticky.getAttribute("data-id");
  const cell = ana.cell(ana.w.lane.pains, "Ich höre von einem Tarif");
  const [from, to] = await Promise.all([sticky.boundingBox(), cell.boundingBox()]);
  assert(from !== null && to !== null);
  await page.mouse.move(from.x + 40, from.y + 16);
  await page.mouse.down();
  await page.mouse.move(to.x + 120, to.y + 30, { steps: 8 });
  await page.mouse.up();
  await page.mouse.move(900, 600);
  assert.equal(await pan(24, 0, () => over(`[data-id="${id}"]`, ".lh")), "below");
  await stage.picture(ana, "under-heads");
});

test("at the edge where the map is cut off its heads are whole, at any fraction of a pixel", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const { page } = table.host;
  await page.mouse.move(900, 600);
  const rests = new Set<number>();
  for (let i = 0; i < 8; i++) {
    await page.mouse.wheel(37.3, 41.7);
    await table.host.still();
    const [over, left, rest] = await page.evaluate(() => {
      const box = (name: string) => (document.querySelector(name) as Element).getBoundingClientRect();
      const frame = box(".frame");
      return [frame.top - box(".hd").top, frame.left - box(".lh").left, box(".map").top % 1];
    });
    assert(over !== undefined && left !== undefined && rest !== undefined);
    assert(over >= 0.45 && over < 2, `the head row begins ${over} px before the cut`);
    assert(left >= 0.45 && left < 2, `the lane heads begin ${left} px before the cut`);
    rests.add(rest);
  }
});

test("in a narrow window the way home and the others stay, and nothing lies over them", async (t) => {
  const stage = await Stage.open(t);
  const table = await Table.set(stage);
  const ben = await table.guest("Ben", "editor", { lang: "en" });
  for (const name of ["Cem", "Dora", "Emil"]) await table.guest(name);
  for (const person of [table.host, ben])
    for (const width of [900, 860, 768, 700, 620, 600, 480, 390]) {
      const { page, w } = person;
      await page.setViewportSize({ width, height: 500 });
      const here = page.getByRole("group", { name: w.tool.present(5) });
      const more = here.getByRole("button", { name: w.tool.present(5) });
      await more.locator(`[data-i="${width > 600 ? "+2" : "+4"}"]`).waitFor();
      await page.getByRole("link", { name: w.save.home }).click({ trial: true });
      await person.button(w.tool.share).click({ trial: true });
      await person.button(w.tool.menu).click({ trial: true });
      const [left, right, title] = await page.evaluate(() =>
        [".isl-tl", ".isl-tr", ".isl .t"].map((one) => document.querySelector(one)?.getBoundingClientRect()),
      );
      assert(left !== undefined && right !== undefined && title !== undefined);
      assert(left.right <= right.left && left.left >= 0 && right.right <= width, `${width}: islands meet`);
      assert(title.width >= 60, `${width}: the title has ${title.width} px`);
      if (width === 700 || width === 390) await stage.picture(person, `narrow-${width}-${person.lang}`);
    }
  const { page, w } = ben;
  await ben.button(w.tool.present(5)).click();
  await page.getByRole("menuitem", { name: w.tool.follow("Dora Muster") }).waitFor();
  await accessible(page, "the others in a menu");
});

test("at first sight no tool covers a sticky; a toast covers neither the tools nor its dialog", async (t) => {
  const stage = await Stage.open(t);
  const { host: ana } = await Table.set(stage);
  const { page, w } = ana;
  const boxes = (selector: string): Promise<DOMRect[]> =>
    page
      .locator(selector)
      .evaluateAll((nodes) =>
        nodes.map((node) => node.getBoundingClientRect().toJSON() as DOMRect).filter((box) => box.width > 0),
      );
  const apart = async (selector: string, over = ".toast"): Promise<void> => {
    const tops = await boxes(over);
    const others = await boxes(selector);
    assert(tops.length > 0 && others.length > 0, `${over}, ${selector}`);
    for (const top of tops)
      for (const box of others)
        assert(
          box.bottom <= top.top || box.top >= top.bottom || box.right <= top.left || box.left >= top.right,
          `${JSON.stringify(top)} over ${JSON.stringify(box)}`,
        );
  };
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.reload();
  await ana.open();
  await ana.still();
  await apart(".sticky", ".isl");
  for (const size of [
    { width: 1440, height: 900 },
    { width: 720, height: 620 },
  ]) {
    await page.setViewportSize(size);
    await page.locator("[data-kind=card]").first().focus();
    await ana.keys("Delete");
    const said = page.locator(".toast").filter({ hasText: "gelöscht" }); // a narrow window has another
    await said.waitFor();
    await apart(".isl");
    await said.getByRole("button").click();
    await said.waitFor({ state: "detached" });
  }
  await ana.context.grantPermissions(["clipboard-write"]);
  await ana.button(w.tool.share).click();
  const dialog = page.getByRole("dialog", { name: w.share.title });
  await ana.button(w.share.create, dialog).click();
  await ana.button(w.share.copy, dialog).click();
  await dialog.locator(".toast").filter({ hasText: w.notice.copied }).waitFor();
  await apart("dialog > header, dialog > .bd, dialog > footer");
  await stage.picture(ana, "toast-dialog");
});
