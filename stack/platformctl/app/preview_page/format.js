// Values as Grafana shows them: units, thresholds, names for single values.

const SI = ["", "K", "Mil", "Bil", "Tri"];
const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

function scaled(value, base, names) {
  let index = 0;
  while (Math.abs(value) >= base && index < names.length - 1) {
    value /= base;
    index += 1;
  }
  return [value, names[index]];
}

function digits(value, decimals) {
  if (decimals !== undefined) return value.toFixed(decimals);
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 4);
}

function seconds(value, decimals) {
  const size = Math.abs(value);
  if (size === 0) return "0 s";
  if (size < 0.001) return `${digits(value * 1e6, decimals)} µs`;
  if (size < 1) return `${digits(value * 1e3, decimals)} ms`;
  if (size < 60) return `${digits(value, decimals)} s`;
  if (size < 3600) return `${digits(value / 60, decimals)} min`;
  if (size < 86400) return `${digits(value / 3600, decimals)} h`;
  return `${digits(value / 86400, decimals)} d`;
}

function withSuffix(value, decimals, suffix) {
  const [number, name] = scaled(value, 1000, SI);
  return [digits(number, decimals), name, suffix].filter(Boolean).join(" ");
}

function bytes(value, decimals, suffix = "") {
  const [number, name] = scaled(value, 1024, BINARY);
  return `${digits(number, decimals)} ${name}${suffix}`;
}

const UNITS = {
  none: (v, d) => digits(v, d),
  short: (v, d) => withSuffix(v, d, ""),
  s: seconds,
  ms: (v, d) => seconds(v / 1000, d),
  bytes: (v, d) => bytes(v, d),
  Bps: (v, d) => bytes(v, d, "/s"),
  percentunit: (v, d) => `${digits(v * 100, d)}%`,
  reqps: (v, d) => withSuffix(v, d, "req/s"),
  ops: (v, d) => withSuffix(v, d, "ops/s"),
  cps: (v, d) => withSuffix(v, d, "/s"),
  currencyEUR: (v, d) => `€${withSuffix(v, d, "")}`,
  dateTimeAsIso: (v) => new Date(v).toISOString().slice(0, 19).replace("T", " "),
  bool_on_off: (v) => (v ? "On" : "Off"),
};

const COLORS = { green: "#56a64b", yellow: "#e0b400", orange: "#ff780a", red: "#e02f44", blue: "#3274d9", purple: "#a352cc", text: "#8e8e9c" };

export function show(value, defaults, unit = defaults.unit) {
  if (value === null || Number.isNaN(value)) return "–";
  const named = nameOf(value, defaults);
  if (named) return named.text;
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  return (UNITS[unit] ?? UNITS.short)(value, defaults.decimals);
}

export function colorOf(value, defaults) {
  const named = nameOf(value, defaults);
  if (named) return COLORS[named.color] ?? named.color;
  let color = "text";
  for (const step of defaults.thresholds.steps) {
    if (step.value === null || value >= step.value) color = step.color;
  }
  return COLORS[color] ?? color;
}

export function palette(name) {
  return COLORS[name] ?? name;
}

function nameOf(value, defaults) {
  return defaults.mappings?.[0]?.options?.[String(value)];
}
