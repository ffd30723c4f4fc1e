// Builds the server and the journeys, and runs these with node:test in Debian's Chromium.
// Arguments narrow it: a word runs the files with it in their name, a flag goes to node:test.
// PICTURES=folder keeps the screenshots that the journeys take. SLOW=8 has all in the pages take eight times as long.
// Interrupted, it ends and removes all that it began.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
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

// Everything that the journeys put down for a while lies in here: servers' data, browsers' profiles.
const folder = await mkdtemp(join(tmpdir(), "waymark-e2e-"));
await chmod(folder, 0o711); // Postgres, which is not run by root, has to get to its own
const built = await mkdtemp(join(root, "node_modules", ".e2e-"));
let running;
let stopped = 0;

/** Runs a command in a process group of its own, with the servers, proxies and services that it starts. */
async function run(command, args, options) {
  if (stopped !== 0) return 1;
  running = spawn(command, args, { stdio: "inherit", detached: true, ...options });
  const [code] = await once(running, "exit");
  await ended(running.pid, 10_000);
  running = undefined;
  return code ?? 1;
}

/** Waits until nothing of a process group is left; what is still there after a while is killed. */
async function ended(group, patience) {
  const late = Date.now() + patience;
  while (Date.now() < late + 5_000 && send(group, Date.now() < late ? 0 : "SIGKILL"))
    await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Sends a signal to a process group; false when nothing of it is left. */
function send(group, what) {
  try {
    return process.kill(-group, what);
  } catch {
    return false;
  }
}

for (const [signal, number] of [
  ["SIGINT", 2],
  ["SIGTERM", 15],
  ["SIGHUP", 1],
])
  process.on(signal, () => {
    if (stopped !== 0) return;
    stopped = number;
    if (running === undefined) return;
    // An interrupt, whatever came: at that a journey closes its browser and ends, and so does all beside it.
    send(running.pid, "SIGINT");
    void ended(running.pid, 10_000);
  });

let status = 1;
try {
  const server = join(folder, "waymark");
  const go = await run("go", ["build", "-o", server, "./server"], { cwd: dirname(root) });
  if (go !== 0) throw new Error("the server does not build");
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
  status = await run(process.execPath, ["--enable-source-maps", "--test", ...flags, ...tests], {
    cwd: root,
    env: { ...process.env, E2E_SERVER: server, TMPDIR: folder },
  });
} catch (error) {
  console.error(error.message);
} finally {
  for (const made of [folder, built]) await rm(made, { recursive: true, force: true, maxRetries: 20 });
}
process.exit(stopped === 0 ? status : 128 + stopped);
