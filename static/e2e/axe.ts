// The rules of WCAG and of good practice that a program can check, by axe-core, on the page once it stands still.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { still } from "./still.ts";

interface Result {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
  readonly passes: readonly unknown[];
}

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Until nothing that ends is still on its way: a colour that is half faded in is not the one that is read. */
async function faded(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const moving = (): readonly Animation[] =>
      document
        .getAnimations()
        .filter((a) => a.playState === "running")
        .filter((a) => Number.isFinite(Number(a.effect?.getComputedTiming().endTime)));
    // What ends may begin another.
    for (let now = moving(); now.length > 0; now = moving())
      await Promise.allSettled(now.map((a) => a.finished));
  });
}

/** Fails with every violation and its nodes. */
export async function accessible(page: Page, where: string): Promise<void> {
  const path = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
  const source = await readFile(path, "utf8");
  // Evaluated from outside the page, for its own policy allows no script that the server did not send.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(source);
  await still(page);
  await faded(page);
  const result = await page.evaluate<Result, string[]>((tags) => {
    type Axe = { run(root: Document, options: unknown): Promise<Result> };
    return (globalThis as unknown as { axe: Axe }).axe.run(document, {
      runOnly: { type: "tag", values: tags },
      rules: { "label-content-name-mismatch": { enabled: true } },
    });
  }, tags);
  const found = result.violations.map(
    (v) =>
      `${v.id}: ${v.help}\n${v.nodes
        .slice(0, 5)
        .map((n) => `    ${n.html.slice(0, 200)}\n    ${n.failureSummary ?? ""}`)
        .join("\n")}`,
  );
  assert.deepEqual(found, [], `${where}: ${found.length} violations`);
  assert(result.passes.length > 5, `${where}: axe looked at almost nothing`);
}
