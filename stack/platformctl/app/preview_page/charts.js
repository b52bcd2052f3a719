// The kinds of panels that are drawn: options for ECharts.

import { last } from "./data.js";
import { colorOf, palette, show } from "./format.js";

const SERIES_COLORS = ["#73bf69", "#f2cc0c", "#5794f2", "#ff9830", "#f2495c", "#b877d9", "#8ab8ff", "#ffa6b0", "#37872d", "#e0b400"];

function ink() {
  const style = getComputedStyle(document.body);
  return { text: style.color, line: style.getPropertyValue("--quiet").trim() || style.color };
}

function timeAxis(time) {
  return { type: "time", min: time.start * 1000, max: time.end * 1000, axisLabel: { hideOverlap: true, color: ink().text } };
}

function lines(panel, found, time) {
  const { defaults } = panel.fieldConfig;
  const stacked = defaults.custom?.stacking?.mode === "normal";
  const series = found.flatMap((result) => result.series);
  const all = stacked ? aligned(series) : series;
  const steps = defaults.thresholds.steps.filter((step) => step.value !== null);
  const lastLine = all.length - 1;
  return {
    color: SERIES_COLORS,
    animation: false,
    grid: { left: 8, right: 12, top: 10, bottom: 28, containLabel: true },
    legend: { type: "scroll", bottom: 0, icon: "roundRect", itemHeight: 10, textStyle: { color: ink().text } },
    tooltip: { trigger: "axis", order: "valueDesc", confine: true, valueFormatter: (value) => show(value, defaults) },
    xAxis: timeAxis(time),
    yAxis: {
      type: "value",
      scale: !stacked,
      min: defaults.min,
      max: defaults.max,
      axisLabel: { formatter: (value) => show(value, defaults), color: ink().text },
      splitLine: { lineStyle: { color: ink().line, opacity: 0.2 } },
    },
    series: all.map(({ name, points }, index) => ({
      type: "line",
      name,
      data: points.map(([at, value]) => [at, Number.isFinite(value) ? value : null]),
      showSymbol: points.length === 1,
      stack: stacked ? "all" : undefined,
      stackStrategy: "all",
      lineStyle: { width: 1.2 },
      areaStyle: { opacity: stacked ? 0.35 : 0.08 },
      markLine: index === lastLine && defaults.custom?.thresholdsStyle?.mode !== "off" ? marks(steps) : undefined,
    })),
  };
}

/** Series that stack must have a point at every time: the chart stacks by position, and a gap hides all above it. */
function aligned(series) {
  const times = [...new Set(series.flatMap((one) => one.points.map(([at]) => at)))].sort((a, b) => a - b);
  return series.map((one) => {
    const values = new Map(one.points);
    return { ...one, points: times.map((at) => [at, values.get(at) ?? 0]) };
  });
}

function marks(steps) {
  return {
    symbol: "none",
    silent: true,
    label: { show: false },
    data: steps.map((step) => ({ yAxis: step.value, lineStyle: { color: palette(step.color), type: "dashed" } })),
  };
}

function gauge(panel, found) {
  const { defaults } = panel.fieldConfig;
  const values = found.flatMap((result) => result.series).map((one) => ({ name: one.name, value: last(one.points) }));
  const span = defaults.max - defaults.min;
  const steps = defaults.thresholds.steps;
  const bands = steps.map((step, index) => {
    const until = steps[index + 1]?.value ?? defaults.max;
    return [Math.min(1, (until - defaults.min) / span), palette(step.color)];
  });
  return {
    animation: false,
    series: values.map(({ name, value }, index) => ({
      type: "gauge",
      min: defaults.min,
      max: defaults.max,
      center: [`${(100 / values.length) * (index + 0.5)}%`, "62%"],
      radius: values.length > 1 ? "70%" : "95%",
      startAngle: 200,
      endAngle: -20,
      axisLine: { lineStyle: { width: 10, color: bands } },
      pointer: { width: 4, length: "65%" },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: { show: false },
      title: { show: values.length > 1, fontSize: 11, offsetCenter: [0, "85%"], color: ink().text },
      detail: { formatter: (shown) => show(shown, defaults), fontSize: 20, offsetCenter: [0, "45%"], color: colorOf(value, defaults) },
      data: [{ value, name }],
    })),
  };
}

function pie(panel, found) {
  const { defaults } = panel.fieldConfig;
  const data = found.flatMap((result) => result.series).map((one) => ({ name: one.name, value: last(one.points) }));
  const total = data.reduce((sum, one) => sum + one.value, 0);
  const share = Object.fromEntries(data.map((one) => [one.name, total ? (one.value / total) * 100 : 0]));
  return {
    color: SERIES_COLORS,
    animation: false,
    tooltip: { trigger: "item", confine: true, valueFormatter: (value) => show(value, defaults) },
    legend: {
      type: "scroll",
      orient: "vertical",
      right: 0,
      top: "middle",
      textStyle: { color: ink().text },
      formatter: (name) => `${name}  ${share[name].toFixed(0)}%`,
    },
    series: [{ type: "pie", radius: ["45%", "80%"], center: ["32%", "50%"], label: { show: false }, data }],
  };
}

/** Cumulative buckets become the count of each bucket: one cell for each time and bucket. */
function heatmap(panel, found) {
  const rows = found
    .flatMap((result) => result.series)
    .map((one) => ({ bound: Number(one.labels.le.replace("Inf", "Infinity")), points: new Map(one.points) }))
    .sort((a, b) => a.bound - b.bound);
  const times = [...new Set(rows.flatMap((row) => [...row.points.keys()]))].sort((a, b) => a - b);
  const cells = [];
  let largest = 0;
  rows.forEach((row, y) => {
    times.forEach((at, x) => {
      const count = (row.points.get(at) ?? 0) - (rows[y - 1]?.points.get(at) ?? 0);
      if (count > 1e-9) cells.push([x, y, count]);
      largest = Math.max(largest, count);
    });
  });
  const { defaults } = panel.fieldConfig;
  const clock = (at) => new Date(at).toTimeString().slice(0, 5);
  return {
    animation: false,
    grid: { left: 8, right: 12, top: 10, bottom: 8, containLabel: true },
    tooltip: { confine: true, formatter: ({ value: [x, y, count] }) => `${clock(times[x])} ≤ ${show(rows[y].bound, defaults)}: ${count.toFixed(1)}` },
    xAxis: { type: "category", data: times.map(clock), axisLabel: { color: ink().text } },
    yAxis: { type: "category", data: rows.map((row) => show(row.bound, defaults)), axisLabel: { color: ink().text } },
    visualMap: { show: false, min: 0, max: largest, inRange: { color: ["#fde8cf", "#ff9830", "#8f3b00"] } },
    series: [{ type: "heatmap", data: cells }],
  };
}

/** Each series is a lane; runs of one value are one bar. */
function timeline(panel, found, time) {
  const { defaults } = panel.fieldConfig;
  const lanes = found.flatMap((result) => result.series);
  const bars = lanes.flatMap((lane, index) => runs(lane.points, time.step * 1000).map((run) => [index, ...run]));
  return {
    animation: false,
    grid: { left: 8, right: 12, top: 4, bottom: 8, containLabel: true },
    tooltip: { confine: true, formatter: ({ value: [lane, , , value] }) => `${lanes[lane].name}: ${show(value, defaults)}` },
    xAxis: timeAxis(time),
    yAxis: { type: "category", inverse: true, data: lanes.map((lane) => lane.name), axisLabel: { color: ink().text } },
    series: [{
      type: "custom",
      encode: { x: [1, 2], y: 0 },
      data: bars,
      renderItem: (_, api) => {
        const from = api.coord([api.value(1), api.value(0)]);
        const to = api.coord([api.value(2), api.value(0)]);
        const height = api.size([0, 1])[1] * 0.8;
        return {
          type: "rect",
          shape: { x: from[0], y: from[1] - height / 2, width: Math.max(1, to[0] - from[0]), height },
          style: { fill: colorOf(api.value(3), defaults) },
        };
      },
    }],
  };
}

function runs(points, stepMs) {
  const found = [];
  for (const [at, value] of points) {
    const current = found.at(-1);
    if (current && current[2] === value && at - current[1] <= stepMs) current[1] = at + stepMs;
    else found.push([at, at + stepMs, value]);
  }
  return found;
}

export const CHARTS = { timeseries: lines, gauge, piechart: pie, heatmap, "state-timeline": timeline };
