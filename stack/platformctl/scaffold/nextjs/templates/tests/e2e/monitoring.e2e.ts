import { expect, gated, platform, test } from "./fixtures";
import catalogue from "../metric-catalogue.json";

interface Family {
  type?: string;
  help?: boolean;
  labels: Set<string>;
}

/** Reads the text format of Prometheus as far as the checks need it. */
function parse(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  const family = (name: string): Family => {
    const found = families.get(name) ?? { labels: new Set<string>() };
    families.set(name, found);
    return found;
  };
  for (const line of text.split("\n")) {
    const [, kind, name, rest] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === "HELP" && name) family(name).help = true;
    else if (kind === "TYPE" && name) family(name).type = rest;
    else if (line && !line.startsWith("#")) {
      const [, sample, labels = "", value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/.exec(line) ?? [];
      if (!sample || Number.isNaN(Number(value?.replace(/^[+-]?Inf$/, "0")))) throw new Error(`not the text format: ${line}`);
      const owner = [sample, sample.replace(/_(bucket|sum|count|total|created)$/, "")].find((one) => families.has(one)) ?? sample;
      for (const label of labels.matchAll(/(\w+)="/g)) if (label[1] && !["le", "quantile"].includes(label[1])) family(owner).labels.add(label[1]);
      family(owner);
    }
  }
  return families;
}

test("the health endpoint answers", async ({ request }) => {
  test.skip(!platform.health, "no health endpoint was found");
  await gated("monitoring", async () => {
    const response = await request.get(`${platform.basePath}${platform.health}`);
    expect(response.status()).toBe(200);
    expect(response.headers()["cache-control"] ?? "", "a cached health answer is no answer").not.toMatch(/max-age=[1-9]|s-maxage=[1-9]/);
  });
});

test("the metrics are as the platform's catalogue has them", async ({ request }) => {
  test.skip(!platform.metrics, "no metrics endpoint was found");
  await gated("monitoring", async (soft) => {
    const response = await request.get(`${platform.basePath}${platform.metrics}`);
    expect(response.status()).toBe(200);
    expect(response.headers()["content-type"]).toMatch(/text\/plain|openmetrics/);
    const families = parse(await response.text());
    expect(families.size).toBeGreaterThan(0);
    for (const [name, { type, help, labels }] of families) {
      soft(type, `${name} has a type`).toBeDefined();
      soft(help, `${name} has a help text`).toBe(true);
      const known = catalogue.metrics.find((metric) => metric.name === name || metric.name === `${name}_total`);
      if (!known) continue;
      soft(type, `the type of ${name}`).toBe(known.type);
      soft([...labels].filter((label) => !known.labels.includes(label)), `labels of ${name} that the catalogue lacks`).toEqual([]);
    }
  });
});
