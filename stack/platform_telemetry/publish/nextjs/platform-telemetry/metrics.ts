/** The metrics of the catalogue as prom-client's; no family can make more series than the catalogue allows. */
import { Counter, Histogram, Registry } from "prom-client";
import { METRICS, OVERFLOW, TENANTS, type MetricName } from "./catalogue";

type Labels = Record<string, string>;
interface Published {
  registry: Registry;
  counters: Map<string, Counter>;
  histograms: Map<string, Histogram>;
  seen: Map<string, Set<string>>;
}

// Next.js bundles this file more than once; the numbers are those of the process.
const holder = globalThis as typeof globalThis & { platformTelemetry?: Published };

function published(): Published {
  holder.platformTelemetry ??= build();
  return holder.platformTelemetry;
}

function build(): Published {
  const made: Published = { registry: new Registry(), counters: new Map(), histograms: new Map(), seen: new Map() };
  for (const [name, spec] of Object.entries(METRICS)) {
    const options = { name, help: spec.help, labelNames: [...spec.labels], registers: [made.registry] };
    if (spec.type === "histogram") made.histograms.set(name, new Histogram({ ...options, buckets: [...spec.buckets] }));
    else made.counters.set(name, new Counter(options));
    made.seen.set(name, new Set());
  }
  return made;
}

export function count(name: MetricName, labels: Labels): void {
  published().counters.get(name)?.inc(bounded(name, labels));
}

export function observe(name: MetricName, labels: Labels, value: number): void {
  published().histograms.get(name)?.observe(bounded(name, labels), value);
}

export async function exposition(): Promise<{ text: string; contentType: string }> {
  const { registry } = published();
  return { text: await registry.metrics(), contentType: registry.contentType };
}

function bounded(name: MetricName, labels: Labels): Labels {
  const spec = METRICS[name];
  const seen = published().seen.get(name) as Set<string>;
  const key = spec.labels.map((label: string) => labels[label]).join("\u0000");
  const most = spec.combinations * ((spec.labels as readonly string[]).includes("tenant") ? TENANTS : 1);
  if (!seen.has(key) && seen.size >= most) {
    return Object.fromEntries(spec.labels.map((label: string) => [label, OVERFLOW]));
  }
  seen.add(key);
  return labels;
}
