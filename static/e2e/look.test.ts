// How it looks, and whether everyone can use it: board and home, light and dark, with the panels that open beside them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.ts";
import { eventually } from "./eventually.ts";
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

    await page.getByRole("link", { name: w.tool.home }).click();
    await ana.button(new RegExp(`^${w.home.emptyMap}`)).click();
    await ana.settled();
    await accessible(page, `empty board, ${theme}`);
    await stage.picture(ana, `board-empty-${theme}`);
    await page.getByRole("link", { name: w.tool.home }).click();
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
  const pan = async (dx: number, dy: number, until: () => Promise<string | undefined>): Promise<string> =>
    eventually("it lies over a head", async () => {
      await page.mouse.wheel(dx, dy);
      await ana.twoFrames();
      return until();
    });
  const fit = async (): Promise<void> => {
    await ana.button(new RegExp(`^${ana.w.tool.fit}`)).click();
    await ana.twoFrames();
    await page.mouse.move(900, 600);
  };
  await ben.cell(ben.w.lane.pains, "Ich höre von einem Tarif").focus();
  await ben.keys('"Von Ben"', "Control+Enter", "Space");
  await ana.card("Von Ben").waitFor();
  await page.locator(".ring").first().waitFor();
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
  await ana.drawn();
  await ana.twoFrames();
  await apart(".sticky", ".isl");
  for (const size of [
    { width: 1440, height: 900 },
    { width: 720, height: 620 },
  ]) {
    await page.setViewportSize(size);
    await page.locator("[data-kind=card]").first().focus();
    await ana.keys("Delete");
    await page.locator(".toast").waitFor();
    await apart(".isl");
    await page.locator(".toast button").click();
    await page.locator(".toast").waitFor({ state: "detached" });
  }
  await ana.context.grantPermissions(["clipboard-write"]);
  await ana.button(w.tool.share).click();
  const dialog = page.getByRole("dialog", { name: w.share.title });
  await ana.button(w.share.create, dialog).click();
  await ana.button(w.share.copy, dialog).click();
  await dialog.locator(".toast").waitFor();
  await apart("dialog > header, dialog > .bd, dialog > footer");
  await stage.picture(ana, "toast-dialog");
});
