// Telemetry of this application, on the built application itself:
//
//     npm run build && node --test [[ tests ]]
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { after, before, test } from "node:test";

const BASE = "[[ base_path ]]/api/platform-telemetry";
const catalogue = readFileSync(new URL("[[ to_root ]][[ src ]]platform-telemetry/catalogue.ts", import.meta.url), "utf8");
let server;
let url;

before(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const next = new URL("[[ to_root ]]node_modules/next/dist/bin/next", import.meta.url).pathname;
  const root = new URL("[[ to_root ]]", import.meta.url).pathname;
  server = spawn(process.execPath, [next, "start", "-p", String(port), "-H", "127.0.0.1"], { cwd: root, stdio: "ignore" });
  for (let tries = 0; ; tries++) {
    try {
      await fetch(`${url}${BASE}/metrics`);
      return;
    } catch (error) {
      if (tries > 300) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
});
after(() => server?.kill());

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function send(body, headers = {}) {
  const answer = await fetch(`${url}${BASE}/beacon`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "content-type": "application/json", "[[ tenant_header ]]": "lumiere", ...headers },
  });
  return answer.status;
}

async function shown() {
  return (await fetch(`${url}${BASE}/metrics`)).text();
}

test("a report is counted for the tenant that the server knows", async () => {
  const reports = [
    { kind: "view", path: "/" },
    { kind: "vital", path: "/", name: "LCP", value: 1800 },
    { kind: "vital", path: "/", name: "CLS", value: 0.3 },
    { kind: "error", path: "/", type: "rejection", message: "boom" },
  ];
  assert.equal(await send({ reports, tenant: "somebody-else" }), 204);
  const text = await shown();
  assert.match(text, /web_page_views_total\{tenant="lumiere"\} 1/);
  assert.match(text, /web_vitals_ratings_total\{tenant="lumiere",rating="good"\} 1/);
  assert.match(text, /web_vitals_ratings_total\{tenant="lumiere",rating="poor"\} 1/);
  assert.match(text, /web_client_errors_total\{tenant="lumiere",kind="rejection"\} 1/);
  assert.match(text, /web_vitals_seconds_count\{vital="lcp",route="\/"\} 1/);
  assert.doesNotMatch(text, /somebody-else/);
});

test("paths that are no page share one route", async () => {
  for (const path of ["/no/such/page/1", "/no/such/page/2"]) {
    await send({ reports: [{ kind: "vital", path, name: "FCP", value: 900 }] });
  }
  assert.match(await shown(), /web_vitals_seconds_count\{vital="fcp",route="other"\} 2/);
});

test("what is too large, of another site or no report is refused", async () => {
  assert.equal(await send({ reports: [], padding: "x".repeat(20_000) }), 413);
  assert.equal(await send("{", {}), 400);
  assert.equal(await send({ reports: [{ kind: "vital", path: "/", name: "LCP", value: -1 }] }), 400);
  assert.equal(await send({ reports: Array(21).fill({ kind: "view", path: "/" }) }), 400);
  assert.equal(await send({ reports: [] }, { "sec-fetch-site": "cross-site" }), 403);
  assert.equal(await send({ reports: [] }, { "content-type": "text/plain" }), 415);
});

test("every metric that is shown is in the catalogue, and the other way round", async () => {
  const published = [...(await shown()).matchAll(/^# TYPE (\S+) /gm)].map((match) => match[1]);
  const listed = [...catalogue.matchAll(/^ {2}(\w+): \{/gm)].map((match) => match[1]);
  assert.deepEqual(published.sort(), listed.sort());
});
