// How it looks, and whether everyone can use it: board and home, light and dark, with the panels that open beside them.
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
