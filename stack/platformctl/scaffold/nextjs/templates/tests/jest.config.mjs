// Unit tests. Run by `jest -c <this file>` from the application's folder.
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import nextJest from "next/jest.js";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "..");
const read = (name) => JSON.parse(readFileSync(resolve(here, name), "utf8"));
const platform = read("platform.config.json");
const { coverage } = read("gates.json");
const folder = basename(here);

// With --coverage only tests that assert behaviour run: code that was merely rendered does not count as tested.
const gating = process.argv.includes("--coverage");
const suffix = `${platform.suffix}.{ts,tsx}`;

const baseline = resolve(here, "coverage-baseline.json");
const thresholds = coverage.ratchet && existsSync(baseline) ? { global: read("coverage-baseline.json") } : coverage.thresholds;

/** @type {import("jest").Config} */
const config = {
  rootDir: root,
  // A test that runs out of time leaves React waiting, and all after it fail: on a busy machine five seconds are few.
  testTimeout: 20_000,
  testEnvironment: resolve(here, "jest/jsdom-fetch.mjs"),
  setupFilesAfterEnv: [resolve(here, "jest/setup.ts")],
  testMatch: [gating ? `**/${folder}/unit/**/!(rendering*).${suffix}` : `**/${folder}/unit/**/*.${suffix}`],
  moduleNameMapper: platform.moduleNameMapper,
  modulePaths: platform.modulePaths,
  modulePathIgnorePatterns: ["/\\.next/"],
  coverageProvider: "v8",
  coverageDirectory: resolve(here, "reports/coverage"),
  coverageReporters: ["text-summary", "html", "lcovonly", "json-summary", "cobertura"],
  collectCoverageFrom: platform.coverage,
  coverageThreshold: coverage.mode === "enforce" ? thresholds : undefined,
  reporters: ["default", ["jest-junit", { outputDirectory: resolve(here, "reports"), outputName: "unit.xml", suiteNameTemplate: "{filepath}" }]],
};

// MSW's dependencies are ES modules only, and next/jest discards a widened transformIgnorePatterns
// (vercel/next.js#35634): the patterns are widened after it has resolved the configuration.
const esmOnly = ["rettime", "until-async", "@open-draft/deferred-promise", ...platform.esm];
const keep = `^(?!.*[\\\\/]node_modules[\\\\/](?:${esmOnly.join("|")})[\\\\/]).*`;

export default async function jestConfig() {
  const resolved = await nextJest({ dir: root })(config)();
  const patterns = resolved.transformIgnorePatterns.map((pattern) => (pattern.startsWith("^") ? pattern : keep + pattern));
  return { ...resolved, transformIgnorePatterns: patterns };
}
