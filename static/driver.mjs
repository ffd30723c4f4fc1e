// Bundles src/collab/driver.ts, which lets another process drive replicas, into one file for node.
//
//   node driver.mjs out.mjs                  the replica that ships
//   node driver.mjs out.mjs no-resend        with a bug planted (src/collab/planted.ts)
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const [outfile, planted = ""] = process.argv.slice(2);
if (outfile === undefined) {
  console.error("usage: node driver.mjs out.mjs [bug]");
  process.exit(2);
}
await esbuild.build({
  absWorkingDir: dirname(fileURLToPath(import.meta.url)),
  entryPoints: ["src/collab/driver.ts"],
  outfile,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  sourcemap: "inline",
  define: { PLANTED: JSON.stringify(planted) },
  logLevel: "warning",
});
