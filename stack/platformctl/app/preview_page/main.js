// The page: which dashboard, which time, which values of its variables; asks and draws, again and again.

import { ask, valuesOf, window_ } from "./data.js";
import { draw, element, frame } from "./panels.js";

const RANGES = { "5 minutes": 300, "15 minutes": 900, "1 hour": 3600, "3 hours": 10800, "6 hours": 21600, "1 day": 86400, "7 days": 604800 };
const REFRESHES = { off: 0, "10 s": 10, "30 s": 30, "1 min": 60 };
const ALL = "$__all";
const at = (id) => document.getElementById(id);

const chosen = {};
let dashboard;
let frames = [];
let timer;

function options(select, entries, value) {
  select.replaceChildren(...Object.entries(entries).map(([text, of]) => element("option", { value: of, selected: String(of) === String(value) }, text)));
}

/** Seconds of `now-6h`, the nearest of the choices. */
function defaultRange(from) {
  const [, count, unit] = /^now-(\d+)([mhd])$/.exec(from) ?? [, 1, "h"];
  return Number(count) * { m: 60, h: 3600, d: 86400 }[unit];
}

function filled() {
  const variables = dashboard.templating.list.filter((variable) => variable.type === "query");
  return Object.fromEntries(
    variables.map((variable) => {
      const value = chosen[variable.name];
      return [variable.name, value === ALL || value === undefined ? (variable.allValue ?? "") : value];
    }),
  );
}

async function offerVariables(time) {
  const asked = new URLSearchParams(location.search);
  const shown = [];
  for (const variable of dashboard.templating.list.filter(({ type }) => type === "query")) {
    const values = await valuesOf(variable, time, filled());
    const entries = Object.fromEntries(values.map((value) => [value, value]));
    const wanted = chosen[variable.name] ?? asked.get(`var-${variable.name}`);
    chosen[variable.name] = values.includes(wanted) || (wanted === ALL && variable.includeAll) ? wanted : variable.includeAll ? ALL : values[0];
    const select = element("select", { name: variable.name });
    options(select, variable.includeAll ? { All: ALL, ...entries } : entries, chosen[variable.name]);
    select.addEventListener("change", () => {
      chosen[variable.name] = select.value;
      update();
    });
    shown.push(element("label", {}, `${variable.label} `, select));
  }
  at("variables").replaceChildren(...shown);
}

function layOut() {
  at("grid").replaceChildren();
  frames = [];
  for (const panel of dashboard.panels) {
    if (panel.type === "row") {
      const title = element("h2", {}, panel.title);
      title.style.gridArea = `${panel.gridPos.y + 1} / 1 / span 1 / span 24`;
      title.style.setProperty("--rows", 1);
      at("grid").append(title);
      continue;
    }
    const { section, body } = frame(panel);
    at("grid").append(section);
    frames.push({ panel, body });
  }
}

async function update() {
  clearTimeout(timer);
  delete document.body.dataset.ready;
  const time = window_(Number(at("range").value));
  at("problem").hidden = true;
  try {
    await offerVariables(time);
    await Promise.all(frames.map(({ panel, body }) => draw(panel, body, time, filled())));
  } catch (error) {
    at("problem").textContent = `Prometheus does not answer: ${error.message}`;
    at("problem").hidden = false;
  }
  document.body.dataset.ready = "true";
  const every = Number(at("refresh").value);
  if (every) timer = setTimeout(update, every * 1000);
}

/** Collapsed rows are opened: their panels move below the row, and what follows moves down. */
function opened(panels) {
  let shift = 0;
  return panels.flatMap((panel) => {
    const moved = { ...panel, gridPos: { ...panel.gridPos, y: panel.gridPos.y + shift } };
    if (panel.type !== "row" || !panel.collapsed) return [moved];
    const inner = panel.panels.map((one) => ({ ...one, gridPos: { ...one.gridPos, y: one.gridPos.y + shift } }));
    shift += Math.max(...inner.map(({ gridPos }) => gridPos.y + gridPos.h)) - moved.gridPos.y - 1;
    return [moved, ...inner];
  });
}

async function start() {
  const { dashboards } = await ask("dashboards");
  const uid = location.pathname.split("/")[2] || dashboards[0].uid;
  options(at("dashboard"), Object.fromEntries(dashboards.map((one) => [one.title, one.uid])), uid);
  at("dashboard").addEventListener("change", () => location.assign(`/d/${at("dashboard").value}`));
  dashboard = await ask(`dashboards/${encodeURIComponent(uid)}`);
  dashboard.panels = opened(dashboard.panels);
  document.title = `${dashboard.title} – platformctl preview`;
  at("question").textContent = dashboard.description;
  const asked = Number(new URLSearchParams(location.search).get("range"));
  const range = asked || defaultRange(dashboard.time.from);
  options(at("range"), Object.values(RANGES).includes(range) ? RANGES : { ...RANGES, [`${range} s`]: range }, range);
  options(at("refresh"), REFRESHES, 30);
  for (const id of ["range", "refresh"]) at(id).addEventListener("change", update);
  at("now").addEventListener("click", update);
  layOut();
  await update();
}

start().catch((error) => {
  at("problem").textContent = String(error.message ?? error);
  at("problem").hidden = false;
  document.body.dataset.ready = "true";
});
