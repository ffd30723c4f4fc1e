// Proves that the fuzz of the replica finds every bug of src/collab/planted.ts within its runs. Prints one line for each.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const names = [
  ...readFileSync(join(root, "src/collab/planted.ts"), "utf8").matchAll(/^ {4}\| "([a-z-]+)"/gm),
].map(([, name]) => name);
if (names.length === 0) throw new Error("no bug is planted");
let missed = 0;
for (const name of names) {
  const env = { ...process.env, PLANTED: name, FUZZ_RUNS: "500" };
  const run = spawnSync(process.execPath, ["test.mjs", "src/collab/fuzz"], {
    cwd: root,
    env,
    encoding: "utf8",
  });
  const found = /FUZZ_SEED=(\d+): (?:\w+ ?)*(?:\[\w+\])?:? ?(.*)/.exec(run.stdout);
  if (found === null) missed++;
  console.log(found === null ? `${name}: NOT FOUND` : `${name}: found with seed ${found[1]}: ${found[2]}`);
}
process.exit(missed === 0 ? 0 : 1);
