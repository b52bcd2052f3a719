// Panels on the page: charts, and the kinds that are plain HTML. Text from outside only enters as text.

import { CHARTS } from "./charts.js";
import { last, results } from "./data.js";
import { colorOf, show } from "./format.js";

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** The frame of a panel, in its place of the grid. */
export function frame(panel) {
  const { x, y, w, h } = panel.gridPos;
  const body = element("div", { className: "body" });
  const title = element("h3", { title: panel.description ?? "" }, panel.title);
  const links = (panel.links ?? []).map((link) => linkTo(link.url, link.title));
  const section = element("section", {}, element("div", { className: "head" }, title, ...links), body);
  section.style.setProperty("--rows", h);
  section.style.gridArea = `${y + 1} / ${x + 1} / span ${h} / span ${w}`;
  return { section, body };
}

function linkTo(url, title) {
  const [, uid] = /^\/d\/([\w-]+)/.exec(url) ?? [];
  return uid
    ? element("a", { href: `/d/${uid}` }, title)
    : element("a", { href: url, target: "_blank", rel: "noreferrer" }, title);
}

/** Ask and draw; what goes wrong is shown in the panel itself. */
export async function draw(panel, body, time, variables) {
  if (panel.type === "text") return body.replaceChildren(element("pre", {}, panel.options.content));
  if (!(panel.type in CHARTS) && !(panel.type in HTML) && panel.type !== "logs") return quiet(body, "Grafana shows panels of this type");
  if (panel.type === "logs" || panel.datasource?.type === "loki") return quiet(body, "Loki's answers are shown by Grafana; platformctl logs shows lines here");
  try {
    const found = await results(panel, time, variables);
    if (found.every((result) => result.series.length === 0)) return quiet(body, panel.fieldConfig.defaults.noValue ?? "No data");
    const chart = CHARTS[panel.type];
    if (chart) return drawChart(body, chart(panel, found, time));
    discard(body);
    return body.replaceChildren(HTML[panel.type](panel, found));
  } catch (error) {
    discard(body);
    return body.replaceChildren(element("div", { className: "quiet failed" }, String(error.message ?? error)));
  }
}

function quiet(body, text) {
  discard(body);
  body.dataset.empty = "true";
  body.replaceChildren(element("div", { className: "quiet" }, text));
}

function drawChart(body, option) {
  let chart = echarts.getInstanceByDom(body);
  if (!chart) {
    body.replaceChildren();
    chart = echarts.init(body, null, { renderer: "canvas" });
    new ResizeObserver(() => chart.resize()).observe(body);
  }
  chart.setOption(option, { notMerge: true });
}

function discard(body) {
  delete body.dataset.empty;
  echarts.getInstanceByDom(body)?.dispose();
}

function flat(found) {
  return found.flatMap((result) => result.series).map((one) => ({ ...one, value: last(one.points) }));
}

function stat(panel, found) {
  const { defaults } = panel.fieldConfig;
  const shown = flat(found).map(({ name, value }, _, all) => {
    const number = element("b", {}, show(value, defaults));
    number.style.color = colorOf(value, defaults);
    return element("div", { className: "stat" }, number, all.length > 1 ? element("span", {}, name) : "");
  });
  return element("div", { className: "stats" }, ...shown);
}

function bars(panel, found) {
  const { defaults } = panel.fieldConfig;
  const all = flat(found);
  const most = defaults.max ?? Math.max(...all.map((one) => one.value), 1e-12);
  const rows = all.map(({ name, value }) => {
    const fill = element("div", { className: "fill" });
    fill.style.width = `${Math.min(100, Math.max(0, (value / most) * 100))}%`;
    fill.style.background = colorOf(value, defaults);
    const track = element("div", { className: "track" }, fill);
    const number = element("span", { className: "value" }, show(value, defaults));
    return element("div", { className: "bar" }, element("span", { title: name }, name), track, number);
  });
  return element("div", {}, ...rows);
}

/** One row for each label set, one column for each query: Grafana's "merge" and "organize". */
function table(panel, found) {
  const { defaults, overrides } = { ...panel.fieldConfig, defaults: panel.fieldConfig.defaults };
  const units = Object.fromEntries(
    overrides.flatMap(({ matcher, properties }) =>
      properties.filter(({ id }) => id === "unit").map(({ value }) => [matcher.options, value]),
    ),
  );
  const columns = found.map(({ target }) => target.legendFormat);
  const rows = new Map();
  found.forEach(({ target, series }) => {
    for (const { labels, points } of series) {
      const { __name__, ...rest } = labels;
      const key = JSON.stringify(Object.entries(rest).sort());
      const row = rows.get(key) ?? { labels: rest, values: {} };
      row.values[target.legendFormat] = last(points);
      rows.set(key, row);
    }
  });
  const names = [...new Set([...rows.values()].flatMap((row) => Object.keys(row.labels)))].sort();
  const sorted = [...rows.values()].sort((a, b) => (b.values[columns[0]] ?? -Infinity) - (a.values[columns[0]] ?? -Infinity));
  const head = [...names.map((name) => element("th", {}, name)), ...columns.map((c) => element("th", { className: "number" }, c))];
  const lines = sorted.map((row) => element("tr", {}, ...names.map((n) => cell(panel, row, n)), ...columns.map((c) => number(row.values[c], defaults, units[c]))));
  return element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...lines));
}

function cell(panel, row, name) {
  const link = (panel.fieldConfig.defaults.links ?? []).find(({ url }) => url.includes(`var-${name}=`));
  const text = row.labels[name] ?? "";
  const [, uid] = /^\/d\/([\w-]+)/.exec(link?.url ?? "") ?? [];
  if (!uid) return element("td", {}, text);
  return element("td", {}, element("a", { href: `/d/${uid}?var-${name}=${encodeURIComponent(text)}` }, text));
}

function number(value, defaults, unit) {
  const made = element("td", { className: "number" }, value === undefined ? "" : show(value, defaults, unit));
  if (value !== undefined && !unit && defaults.thresholds.steps.length > 1) made.style.color = colorOf(value, defaults);
  return made;
}

const HTML = { stat, bargauge: bars, table };
