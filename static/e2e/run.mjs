// Builds the server and the journeys, and runs these with node:test in Debian's Chromium.
// Arguments narrow it: a word runs the files with it in their name, a flag goes to node:test.
// PICTURES=folder keeps the screenshots that the journeys take.
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const args = process.argv.slice(2);
const flags = args.filter((arg) => arg.startsWith("-"));
const words = args.filter((arg) => !arg.startsWith("-"));
const files = (await readdir(here))
  .filter((name) => name.endsWith(".test.ts"))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
  .sort();
if (files.length === 0) {
  console.error("no journey found in static/e2e");
  process.exit(1);
}

const folder = await mkdtemp(join(tmpdir(), "waymark-e2e-"));
const built = await mkdtemp(join(root, "node_modules", ".e2e-"));
let status = 1;
try {
  const server = join(folder, "waymark");
  const go = spawnSync("go", ["build", "-o", server, "./server"], { cwd: dirname(root), stdio: "inherit" });
  if (go.status !== 0) throw new Error("the server does not build");
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: files.map((name) => join(here, name)),
    outdir: built,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    packages: "external",
    sourcemap: "inline",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "warning",
  });
  const tests = (await readdir(built))
    .filter((name) => name.endsWith(".test.mjs"))
    .map((name) => join(built, name));
  const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...flags, ...tests], {
    stdio: "inherit",
    cwd: root,
    env: { ...process.env, E2E_SERVER: server },
  });
  status = run.status ?? 1;
} catch (error) {
  console.error(error.message);
} finally {
  await rm(folder, { recursive: true, force: true });
  await rm(built, { recursive: true, force: true });
}
process.exit(status);
