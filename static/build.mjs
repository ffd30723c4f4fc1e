// Builds static/dist from static/src. Stable names, no hashes: the same sources give the same bytes.
// With --watch it rebuilds on change; with a folder as argument it builds there instead.

import { watch as watchFolder } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { minify } from "terser";

const root = dirname(fileURLToPath(import.meta.url));

const options = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  target: "es2022",
  format: "esm",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  external: ["./fonts/*"],
  define: { "process.env.NODE_ENV": '"production"', PLANTED: '""' },
};

/** Scripts by the name they get in dist/assets. */
const scripts = {
  app: "src/app.ts",
  home: "src/home.ts",
  phone: "src/phone.ts",
  join: "src/join.ts",
  boot: "src/boot.ts",
  de: "src/view/words/desk-de.ts",
  en: "src/view/words/desk-en.ts",
  "de-phone": "src/view/words/de.ts",
  "en-phone": "src/view/words/en.ts",
  qr: "src/view/qr.ts",
};

async function sprite() {
  const names = JSON.parse(await readFile(join(root, "src/icons.json"), "utf8"));
  const symbols = [];
  for (const name of [...names].sort()) {
    const svg = await readFile(join(root, "node_modules/lucide-static/icons", `${name}.svg`), "utf8");
    const inner = svg
      .slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"))
      .replace(/\s+/g, " ")
      .replace(/ \/>/g, "/>")
      .replace(/> </g, "><")
      .trim();
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

async function licences() {
  const parts = [];
  for (const name of ["preact", "@preact/signals", "@preact/signals-core", "uqr", "lucide-static"]) {
    const folder = join(root, "node_modules", name);
    const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const text = await readFile(join(folder, "LICENSE"), "utf8");
    parts.push(`${name} ${version}\n\n${text.trim()}\n`);
  }
  for (const font of ["atkinson-hyperlegible-next", "bricolage-grotesque"]) {
    parts.push(`${font}\n\n${(await readFile(join(root, `fonts/OFL-${font}.txt`), "utf8")).trim()}\n`);
  }
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}

export async function build(out) {
  const assets = join(out, "assets");
  await rm(out, { recursive: true, force: true });
  await mkdir(join(assets, "fonts"), { recursive: true });
  for (const [name, entry] of Object.entries(scripts)) {
    const { outputFiles } = await esbuild.build({
      ...options,
      entryPoints: [entry],
      format: name === "boot" ? "iife" : "esm",
      jsx: "automatic",
      jsxImportSource: "preact",
      write: false,
    });
    const { code } = await minify(outputFiles[0].text, {
      module: name !== "boot",
      ecma: 2022,
      compress: { passes: 2 },
    });
    await writeFile(join(assets, `${name}.js`), `${code}\n`);
  }
  await esbuild.build({ ...options, entryPoints: ["src/style/app.css"], outfile: join(assets, "app.css") });
  await writeFile(join(assets, "icons.svg"), await sprite());
  await writeFile(join(assets, "licences.txt"), await licences());
  await cp(join(root, "src/logo.svg"), join(assets, "logo.svg"));
  await cp(join(root, "src/index.html"), join(out, "index.html"));
  for (const font of ["atkinson-hyperlegible-next", "bricolage-grotesque"]) {
    await cp(join(root, `fonts/${font}.woff2`), join(assets, `fonts/${font}.woff2`));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const out = join(root, "dist");
  await build(out);
  if (process.argv.includes("--watch")) {
    let timer;
    watchFolder(join(root, "src"), { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => build(out).catch((error) => console.error(error.message)), 80);
    });
  }
}
