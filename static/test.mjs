// Bundles every src/**/*.test.ts for node and runs them with node:test.
// Arguments narrow it: a path below src runs the tests there, a flag goes to node:test.
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
const flags = args.filter((arg) => arg.startsWith("-"));
const paths = args.filter((arg) => !arg.startsWith("-"));
const tests = (await readdir(join(root, "src"), { recursive: true }))
  .filter((name) => /\.test\.tsx?$/.test(name))
  .filter((name) => paths.length === 0 || paths.some((path) => name.startsWith(path.replace(/^src\//, ""))))
  .map((name) => join(root, "src", name));
if (tests.length === 0) {
  console.error("no test found under src");
  process.exit(1);
}
const out = await mkdtemp(join(root, "node_modules", ".test-"));
await esbuild.build({
  absWorkingDir: root,
  entryPoints: tests,
  outdir: out,
  outbase: join(root, "src"),
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
  sourcemap: "inline",
  jsx: "automatic",
  jsxImportSource: "preact",
  define: { PLANTED: JSON.stringify(process.env.PLANTED ?? "") },
  logLevel: "warning",
});
const built = (await readdir(out, { recursive: true }))
  .filter((n) => n.endsWith(".test.mjs"))
  .map((n) => join(out, n));
const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...flags, ...built], {
  stdio: "inherit",
  cwd: root,
});
await rm(out, { recursive: true, force: true });
process.exit(run.status ?? 1);
