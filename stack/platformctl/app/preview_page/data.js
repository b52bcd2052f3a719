// Questions to Prometheus through the preview's own server, with Grafana's macros filled in.

const SCRAPE_S = 15;
const POINTS = 300;

export async function ask(path, parameters = {}) {
  const answer = await fetch(`/api/${path}?${new URLSearchParams(parameters)}`);
  const body = await answer.json();
  if (!answer.ok || body.status === "error") throw new Error(body.error ?? `HTTP ${answer.status}`);
  return body;
}

/** The time range and the step of its graphs, in seconds. */
export function window_(rangeS) {
  const end = Math.floor(Date.now() / 1000);
  const step = Math.max(SCRAPE_S, Math.ceil(rangeS / POINTS / SCRAPE_S) * SCRAPE_S);
  return { start: end - rangeS, end, step, range: rangeS };
}

/** `text` with macros and variables replaced; a variable of several values becomes an alternation. */
export function fill(text, time, variables) {
  const values = {
    __rate_interval: `${Math.max(time.step + SCRAPE_S, 4 * SCRAPE_S)}s`,
    __interval: `${time.step}s`,
    __range: `${time.range}s`,
    __range_s: String(time.range),
    ...variables,
  };
  return text.replace(/\$\{(\w+)(?::\w+)?\}|\$(\w+)/g, (all, braced, plain) => values[braced ?? plain] ?? all);
}

/** The values of a `label_values(selector, label)` variable. */
export async function valuesOf(variable, time, variables) {
  const [, selector, label] = /^label_values\((.*),\s*(\w+)\)$/.exec(variable.query) ?? [];
  if (!label) return [];
  const match = fill(selector, time, variables);
  const body = await ask(`label/${label}/values`, { "match[]": match, start: time.start, end: time.end });
  return body.data;
}

/** One result for each target of the panel: its series, as [{labels, name, points: [[ms, value]]}]. */
export function results(panel, time, variables) {
  return Promise.all(
    (panel.targets ?? []).map(async (target) => {
      const query = fill(target.expr, time, variables);
      const body = target.instant
        ? await ask("query", { query, time: time.end })
        : await ask("query_range", { query, start: time.start, end: time.end, step: time.step });
      return { target, series: series(body.data, target) };
    }),
  );
}

function series(data, target) {
  if (data.resultType === "scalar") data = { result: [{ metric: {}, value: data.result }] };
  return data.result.map(({ metric, value, values }) => ({
    labels: metric,
    name: legend(target.legendFormat, metric),
    points: (values ?? [value]).map(([time, text]) => [time * 1000, Number(text.replace("Inf", "Infinity"))]),
  }));
}

function legend(format, labels) {
  if (format && format !== "__auto") return format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => labels[name] ?? "");
  const rest = Object.entries(labels).filter(([name]) => name !== "__name__");
  return rest.map(([, value]) => value).join(" ") || "value";
}

export function last(points) {
  for (let index = points.length - 1; index >= 0; index -= 1) {
    if (!Number.isNaN(points[index][1])) return points[index][1];
  }
  return null;
}
