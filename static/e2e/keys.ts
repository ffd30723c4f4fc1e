// A person at the keyboard: each step looks at what has the focus.
import assert from "node:assert/strict";
import { eventually } from "./eventually.ts";
import type { Person } from "./person.ts";

/** Waits until the focus is on something with this role and name. */
export async function on(person: Person, focus: RegExp): Promise<void> {
  let last = "";
  await eventually(
    `the focus is on ${focus}`,
    async () => {
      last = (await person.focus()).replaceAll("\u00ad", "");
      return focus.test(last);
    },
    () => last,
  );
}

/** Presses a key until the focus is there. */
export async function until(person: Person, key: string, focus: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let i = 0; i < 60; i++) {
    const here = (await person.focus()).replaceAll("\u00ad", "");
    if (focus.test(here)) return;
    passed.push(here.slice(0, 40));
    await person.keys(key);
  }
  assert.fail(`${key} never leads to ${focus}: ${passed.join(" > ")}`);
}

export async function menu(person: Person, entry: string): Promise<void> {
  await person.keys("Shift+F10");
  const item = person.page.locator('[role^="menuitem"]').filter({ hasText: entry }).first();
  await item.waitFor();
  await until(
    person,
    "ArrowDown",
    new RegExp(`^menuitem\\w*: ${entry.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`),
  );
  await person.keys("Enter");
}

export async function enterGrid(person: Person): Promise<void> {
  await person.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await until(person, "Tab", new RegExp(`button: ${person.w.app.skipMap}`));
  await person.keys("Enter");
  await on(person, /^(gridcell|columnheader|rowheader): /);
}

export async function openDeleted(person: Person): Promise<void> {
  const { w, page } = person;
  await person.keys("Control+k");
  await on(person, /^combobox: /);
  await person.keys(`"${w.tool.deleted}"`);
  await page.getByRole("option", { name: new RegExp(`^${w.tool.deleted}`) }).waitFor();
  await person.keys("Enter");
  await page.getByRole("complementary", { name: w.deleted.name }).waitFor();
}
