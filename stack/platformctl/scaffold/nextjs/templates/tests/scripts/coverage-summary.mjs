// The coverage as a table in Markdown; and the ratchet:
//   node coverage-summary.mjs            print the table
//   node coverage-summary.mjs --ratchet  raise the thresholds of coverage-baseline.json to today's figures
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = join(dirname(fileURLToPath(import.meta.url)), "..");
const read = (name) => JSON.parse(readFileSync(join(here, name), "utf8"));
const report = "reports/coverage/coverage-summary.json";
if (!existsSync(join(here, report))) {
  console.log("No coverage was measured.");
  process.exit(0);
}
const { total } = read(report);
const { mode, thresholds } = read("gates.json").coverage;
const target = thresholds.global;
const kinds = ["lines", "statements", "functions", "branches"];
const baseline = existsSync(join(here, "coverage-baseline.json")) ? read("coverage-baseline.json") : {};

if (process.argv.includes("--ratchet")) {
  // Never down, and never above the target.
  const raised = kinds.map((kind) => [kind, Math.min(target[kind], Math.max(baseline[kind] ?? 0, Math.floor(total[kind].pct)))]);
  writeFileSync(join(here, "coverage-baseline.json"), `${JSON.stringify(Object.fromEntries(raised), null, 2)}\n`);
}

console.log("| coverage | today | gate | target |\n| --- | --- | --- | --- |");
for (const kind of kinds) console.log(`| ${kind} | ${total[kind].pct} % | ${baseline[kind] ?? target[kind]} % | ${target[kind]} % |`);

const low = kinds.filter((kind) => total[kind].pct < (baseline[kind] ?? target[kind]));
if (mode === "warn" && low.length > 0) console.log(`\nBelow the gate, which only warns: ${low.join(", ")}.`);
