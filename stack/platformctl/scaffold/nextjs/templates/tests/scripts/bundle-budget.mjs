// JavaScript that each page loads first, gzipped, against the budget and against another build.
//   node bundle-budget.mjs                     check the budget of gates.json
//   node bundle-budget.mjs --write base.json   write down the sizes of this build
//   node bundle-budget.mjs --base base.json    check the growth since that build too
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const gates = JSON.parse(readFileSync(join(here, "../gates.json"), "utf8"));
const { routeKb, growthKb } = gates.budgets.bundle;
const read = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));
const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);

/** Route to the files that its first load brings. */
function chunks() {
  const stats = ".next/diagnostics/route-bundle-stats.json";
  if (existsSync(join(root, stats))) return Object.fromEntries(read(stats).map((entry) => [entry.route, entry.firstLoadChunkPaths]));
  for (const manifest of [".next/app-build-manifest.json", ".next/build-manifest.json"]) {
    if (!existsSync(join(root, manifest))) continue;
    const pages = Object.entries(read(manifest).pages).filter(([, files]) => files.length > 0);
    if (pages.length > 0) return Object.fromEntries(pages.map(([route, files]) => [route, files.map((file) => join(".next", file))]));
  }
  console.error("there is no build: run `next build` first");
  process.exit(2);
}

const packed = new Map();
const size = (file) => {
  if (!packed.has(file)) packed.set(file, gzipSync(readFileSync(join(root, file))).length);
  return packed.get(file);
};
const sizes = Object.fromEntries(
  Object.entries(chunks()).map(([route, files]) => [route, files.filter((file) => file.endsWith(".js")).reduce((sum, file) => sum + size(file), 0) / 1024]),
);

const write = option("--write");
if (write) writeFileSync(write, `${JSON.stringify(sizes, null, 2)}\n`);

const base = option("--base") ? JSON.parse(readFileSync(option("--base"), "utf8")) : {};
const broken = [];
for (const [route, kb] of Object.entries(sizes).sort(([a], [b]) => a.localeCompare(b))) {
  const growth = route in base ? kb - base[route] : 0;
  console.log(`${kb.toFixed(1).padStart(8)} kB ${route in base ? `${growth >= 0 ? "+" : ""}${growth.toFixed(1)}`.padStart(8) : ""}  ${route}`);
  if (kb > routeKb) broken.push(`${route} loads ${kb.toFixed(1)} kB; the budget is ${routeKb} kB`);
  if (growth > growthKb) broken.push(`${route} grew by ${growth.toFixed(1)} kB; ${growthKb} kB are allowed`);
}
for (const line of broken) console.error(line);
if (broken.length > 0 && gates.bundle.mode === "enforce") process.exit(1);
