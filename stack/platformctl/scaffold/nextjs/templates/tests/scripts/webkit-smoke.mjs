// The application in Debian's WebKitGTK, over plain WebDriver: every page without parameters, as a stranger sees it,
// or as whoever the cookies in PLATFORM_E2E_COOKIES ("session=...; other=...") belong to.
// It is the engine of Safari, not Safari: it finds what WebKit cannot parse, lay out or run, where Playwright's build is absent.
//   apt-get install webkit2gtk-driver xvfb && next build && node webkit-smoke.mjs
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const { pages, basePath, start, output } = JSON.parse(readFileSync(join(here, "platform.config.json"), "utf8"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const reports = join(here, "reports/webkit");
const WIDTH = 1280;
const running = [];

const missing = ["WebKitWebDriver", ...(process.env.DISPLAY ? [] : ["Xvfb"])].filter((name) => spawnSync("which", [name]).status !== 0);
if (missing.length > 0) {
  console.log(`skipped: ${missing.join(" and ")} not installed here (apt-get install webkit2gtk-driver xvfb)`);
  process.exit(process.env.REQUIRE_WEBKITGTK ? 1 : 0);
}

const freePort = () =>
  new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });

function run(command, options) {
  // A group of its own: a package runner's children end with it.
  const child = spawn(command, { shell: true, detached: true, stdio: "ignore", ...options });
  running.push(child);
  return child;
}

async function until(what, check) {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    if (await check().catch(() => false)) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${what} did not come up`);
}

async function display() {
  if (process.env.DISPLAY) return process.env.DISPLAY;
  const xvfb = run(`exec Xvfb -displayfd 3 -screen 0 ${WIDTH}x900x24`, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  return `:${await new Promise((done) => xvfb.stdio[3].once("data", (number) => done(String(number).trim())))}`;
}

async function application() {
  if (process.env.PLATFORM_E2E_URL) return process.env.PLATFORM_E2E_URL;
  const port = await freePort();
  const command = output === "standalone" ? start : `${start} -H 127.0.0.1 -p ${port}`;
  run(`exec ${command}`, { cwd: resolve(here, ".."), env: { ...process.env, PORT: String(port), HOSTNAME: "127.0.0.1" } });
  const origin = `http://127.0.0.1:${port}`;
  await until("the application", async () => (await fetch(`${origin}${basePath}${pages[0] ?? "/"}`)).status < 500);
  return origin;
}

async function webdriver() {
  const port = await freePort();
  // WebKit's sandbox refuses to run as root, which containers are.
  const sandbox = process.getuid?.() === 0 ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" } : {};
  run(`exec WebKitWebDriver --host=127.0.0.1 --port=${port}`, { env: { ...process.env, ...sandbox, DISPLAY: await display() } });
  const origin = `http://127.0.0.1:${port}`;
  await until("WebKitWebDriver", async () => (await fetch(`${origin}/status`)).ok);
  const send = async (method, path, body) => {
    const response = await fetch(`${origin}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await response.json();
    if (!response.ok) throw new Error(value.message);
    return value;
  };
  const { sessionId, capabilities } = await send("POST", "/session", { capabilities: { alwaysMatch: {} } });
  return { version: capabilities.browserVersion, send: (method, path, body) => send(method, `/session/${sessionId}${path}`, body) };
}

const script = (driver, text) => driver.send("POST", "/execute/sync", { script: text, args: [] });

/** Ends when nothing in the page has changed for half a second: what shows only while it loads is not judged. */
const atRest = `const done = arguments[0];
  const rest = () => { watcher.disconnect(); done(); };
  let timer = setTimeout(rest, 500);
  const watcher = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(rest, 500); });
  watcher.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });`;

/** What is wrong with a page in this engine. */
async function findings(driver, url) {
  await driver.send("POST", "/url", { url });
  await until(`the controls of ${url}`, () =>
    script(driver, `return document.readyState === "complete" && [...document.querySelectorAll("button, input:not([type=hidden]), select, textarea")].every((control) => Object.keys(control).some((key) => key.startsWith("__reactProps$")))`),
  );
  await driver.send("POST", "/execute/async", { script: atRest, args: [] });
  const { landed, text, tooWide } = await script(driver, `return { landed: location.pathname, text: document.body.innerText.trim(), tooWide: document.documentElement.scrollWidth - document.documentElement.clientWidth }`);
  const violations = await driver.send("POST", "/execute/async", { script: `${axe}; const done = arguments[0]; axe.run().then(({ violations }) => done(violations.map(({ id, help, nodes }) => id + ": " + help + nodes.map(({ html }) => "\\n           " + html.slice(0, 200)).join(""))))`, args: [] });
  return { landed, found: [...(text ? [] : ["nothing shows"]), ...(tooWide > 0 ? [`it is ${tooWide} px too wide`] : []), ...violations] };
}

async function signIn(driver, origin) {
  await driver.send("POST", "/url", { url: `${origin}${basePath}/favicon.ico` });
  for (const pair of (process.env.PLATFORM_E2E_COOKIES ?? "").split(/; */).filter(Boolean)) {
    const [name, value] = pair.split(/=(.*)/s);
    await driver.send("POST", "/cookie", { cookie: { name, value, path: "/" } });
  }
}

let broken = 0;
try {
  const [origin, driver] = await Promise.all([application(), webdriver()]);
  console.log(`WebKitGTK ${driver.version}`);
  mkdirSync(reports, { recursive: true });
  await signIn(driver, origin);
  for (const path of pages) {
    const { landed, found } = await findings(driver, `${origin}${basePath}${path}`);
    const picture = await driver.send("GET", "/screenshot");
    writeFileSync(join(reports, `${path.replace(/\W+/g, "-").replace(/^-|-$/g, "") || "home"}.png`), Buffer.from(picture, "base64"));
    console.log(`${found.length > 0 ? "not ok" : "ok    "} ${path}${landed === basePath + path ? "" : ` (led on to ${landed})`}${found.map((line) => `\n         ${line}`).join("")}`);
    broken += found.length;
  }
  await driver.send("DELETE", "");
} finally {
  for (const child of running) process.kill(-child.pid);
}
process.exit(broken > 0 ? 1 : 0);
