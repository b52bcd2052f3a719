/** What browsers have sent, checked and counted. Nothing of it is believed but its size and shape. */
import type { Report } from "./browser";
import { isOn } from "./flags";
import { log } from "./log";
import { count, observe } from "./metrics";
import { routeOf } from "./routes";

const MOST_REPORTS = 20;
const LONGEST_MS = 600_000;
const GOOD_AND_POOR: Record<string, readonly [number, number]> = {
  LCP: [2500, 4000],
  INP: [200, 500],
  CLS: [0.1, 0.25],
}; // https://web.dev/articles/vitals

/** The reports of a body; null when it is none of ours. */
export function parse(body: string): Report[] | null {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    return null;
  }
  const reports = (document as { reports?: unknown } | null)?.reports;
  if (!Array.isArray(reports) || reports.length > MOST_REPORTS || !reports.every(isReport)) return null;
  return reports;
}

function isReport(one: Record<string, unknown> | null): one is Report & Record<string, unknown> {
  if (typeof one?.path !== "string" || one.path.length > 2048) return false;
  switch (one.kind) {
    case "view":
      return true;
    case "vital":
      return typeof one.value === "number" && one.value >= 0 && one.value <= LONGEST_MS && isVital(one.name);
    case "error":
      return (one.type === "error" || one.type === "rejection") && typeof one.message === "string";
    default:
      return false;
  }
}

function isVital(name: unknown): boolean {
  return typeof name === "string" && ["CLS", "FCP", "INP", "LCP", "TTFB"].includes(name);
}

export async function take(reports: Report[], tenant: string): Promise<void> {
  if (!(await isOn("metrics", tenant))) return;
  for (const one of reports) {
    const route = routeOf(one.path);
    if (one.kind === "view") count("web_page_views_total", { tenant });
    if (one.kind === "vital") takeVital(one.name, one.value, tenant, route);
    if (one.kind === "error") {
      count("web_client_errors_total", { tenant, kind: one.type });
      await log("warning", "error in the browser", { tenant, route, kind: one.type, message: one.message.slice(0, 200) });
    }
  }
}

function takeVital(name: string, value: number, tenant: string, route: string): void {
  if (name === "CLS") observe("web_vitals_layout_shift", { route }, value);
  else observe("web_vitals_seconds", { vital: name.toLowerCase(), route }, value / 1000);
  const bounds = GOOD_AND_POOR[name];
  if (bounds) {
    const rating = value <= bounds[0] ? "good" : value <= bounds[1] ? "middling" : "poor";
    count("web_vitals_ratings_total", { tenant, rating });
  }
}
