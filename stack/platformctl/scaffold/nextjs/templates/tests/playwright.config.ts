import { defineConfig, devices, type Project } from "@playwright/test";
import { findBrowser, type BrowserId } from "./e2e/browsers";
import gates from "./gates.json";
import { platform } from "./platform";

const ci = Boolean(process.env.CI);
const port = Number(process.env.PLATFORM_E2E_PORT ?? 4310);
const origin = process.env.PLATFORM_E2E_URL ?? `http://127.0.0.1:${port}`;
const only = (names: string): string[] => names.split(" ").map((name) => `**/${name}.${platform.e2eSuffix}.ts`);

// Every browser runs what a user does; what depends on one engine's drawing or counters runs in Chromium alone.
const everywhere = only("pages journeys isolation flags monitoring");
const chromium = findBrowser("chrome");

function browserProject(id: BrowserId, device: string): Project {
  const found = findBrowser(id);
  return { name: id, testMatch: everywhere, use: { ...devices[device], ...found.use }, metadata: { browser: id } };
}

const inChromium = (name: string, testMatch: string[], use: Project["use"] = {}): Project => ({
  name,
  testMatch,
  use: { ...devices["Desktop Chrome"], ...use, ...chromium.use },
  metadata: { browser: "chrome" },
});

const mobile = { ...devices["Pixel 7"], defaultBrowserType: "chromium" } as const;
const tablet = { ...devices["iPad Mini"], defaultBrowserType: "chromium" } as const;

export default defineConfig({
  testDir: "./e2e",
  outputDir: "./reports/e2e",
  snapshotPathTemplate: "./e2e/snapshots/{projectName}-{platform}/{arg}{ext}",
  fullyParallel: true,
  forbidOnly: ci,
  retries: ci ? 1 : 0,
  workers: process.env.PLATFORM_E2E_WORKERS ? Number(process.env.PLATFORM_E2E_WORKERS) : 2,
  reporter: [["list"], ["junit", { outputFile: "./reports/e2e.xml" }], ci ? ["blob", { outputDir: "./reports/blob" }] : ["html", { outputFolder: "./reports/e2e-html", open: "never" }]],
  // A busy machine may take seconds to show what a laptop shows at once; what never comes still fails.
  timeout: 60_000,
  expect: {
    timeout: 10_000,
    toHaveScreenshot: { maxDiffPixels: gates.budgets.visual.maxDiffPixels, animations: "disabled", caret: "hide", scale: "css" },
  },
  use: {
    baseURL: origin,
    locale: "en-GB",
    timezoneId: "UTC",
    colorScheme: "light",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    // Playwright records video with its own ffmpeg, which a machine with stock browsers lacks.
    video: ci ? "retain-on-failure" : "off",
  },
  projects: [
    browserProject("chrome", "Desktop Chrome"),
    browserProject("firefox", "Desktop Firefox"),
    browserProject("webkit", "Desktop Safari"),
    browserProject("edge", "Desktop Edge"),
    inChromium("mobile", only("pages journeys"), mobile),
    inChromium("tablet", only("pages"), tablet),
    inChromium("a11y", only("a11y")),
    inChromium("visual", only("visual")),
    { ...inChromium("performance", only("performance leaks")), fullyParallel: false },
    inChromium("security", only("security")),
  ],
  webServer: process.env.PLATFORM_E2E_URL
    ? undefined
    : {
        command: platform.output === "standalone" ? platform.start : `${platform.start} -H 127.0.0.1 -p ${port}`,
        cwd: "..",
        env: { PORT: String(port), HOSTNAME: "127.0.0.1" },
        url: `${origin}${platform.basePath}${platform.signInPage ?? platform.pages[0] ?? "/"}`,
        reuseExistingServer: !ci,
        timeout: 60_000,
      },
});
