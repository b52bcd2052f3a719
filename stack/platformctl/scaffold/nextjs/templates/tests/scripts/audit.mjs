// Known vulnerabilities of what is shipped, by the package manager's own audit. Needs the network.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const { mode } = JSON.parse(readFileSync(resolve(here, "../gates.json"), "utf8")).security;
const audits = [
  ["pnpm-lock.yaml", "pnpm", ["audit", "--prod", "--audit-level", "high"]],
  ["yarn.lock", "yarn", ["npm", "audit", "--environment", "production", "--severity", "high"]],
  ["package-lock.json", "npm", ["audit", "--omit=dev", "--audit-level=high"]],
];
const found = audits.find(([lock]) => existsSync(resolve(root, lock)));
if (mode === "off" || !found) {
  console.log(found ? "gate \"security\" is off" : "not audited: there is no lock file");
  process.exit(0);
}
const [, command, args] = found;
const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
process.exit(mode === "enforce" ? (status ?? 1) : 0);
