// Fails when static/dist is not what the sources build, or when a file outgrows its budget (gzip -9).
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "./build.mjs";

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "dist");
const fresh = await mkdtemp(join(tmpdir(), "waymark-dist-"));
let failed = false;

await build(fresh);
const files = async (folder) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
const [have, want] = [await files(dist), await files(fresh)];
for (const name of new Set([...have, ...want])) {
  const same =
    have.includes(name) &&
    want.includes(name) &&
    (await readFile(join(dist, name))).equals(await readFile(join(fresh, name)));
  if (!same) {
    console.error(`dist/${name} is stale: run npm run build and commit it`);
    failed = true;
  }
}
await rm(fresh, { recursive: true, force: true });

const size = async (...names) => {
  let sum = 0;
  // gzip has as much memory; zlib takes less unless told so.
  for (const name of names)
    sum += gzipSync(await readFile(join(dist, "assets", name)), { level: 9, memLevel: 9 }).length;
  return sum;
};
const budgets = [
  ["board: boot + app + one language", await size("boot.js", "app.js", "de.js"), 110_000],
  ["home: boot + home + one language", await size("boot.js", "home.js", "de.js"), 36_000],
  ["phone: boot + phone + one language", await size("boot.js", "phone.js", "de-phone.js"), 40_000],
  ["join: boot + join + one language", await size("boot.js", "join.js", "de-phone.js"), 16_000],
  ["styles", await size("app.css"), 20_000],
  ["icons", await size("icons.svg"), 12_000],
];
for (const [what, bytes, limit] of budgets) {
  console.log(`${what}: ${bytes} of ${limit} bytes`);
  if (bytes > limit) failed = true;
}
process.exit(failed ? 1 : 0);
