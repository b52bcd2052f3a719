import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Page } from "@playwright/test";
import { budgets, expect, gated, needsSignIn, oneOfEach, open, pagesOf, platform, test } from "./fixtures";

interface Vitals {
  LCP?: number;
  FCP?: number;
  TTFB?: number;
  INP?: number;
  CLS?: number;
}

// One script: what collects must stand in the same scope as the library.
const library = readFileSync(join(dirname(createRequire(__filename).resolve("web-vitals")), "web-vitals.iife.js"), "utf8");
const collector = `${library}
window.vitals = {};
for (const name of ["LCP", "FCP", "TTFB", "INP", "CLS"]) {
  webVitals["on" + name]((metric) => (window.vitals[metric.name] = Math.round(metric.value * 1000) / 1000), { reportAllChanges: true });
}`;

const LOOK_MS = 400;

const read = (page: Page): Promise<Vitals> => page.evaluate(() => (window as unknown as { vitals: Vitals }).vitals);

async function vitalsOf(page: Page, path: string): Promise<Vitals> {
  await page.addInitScript({ content: collector });
  await open(page, path);
  // What moves within half a second after an input is forgiven: first see what moves by itself.
  await page.evaluate((ms) => new Promise((done) => requestIdleCallback(() => setTimeout(done, ms))), LOOK_MS);
  // INP needs an interaction.
  await page.locator("body").click({ position: { x: 2, y: 2 } });
  await page.keyboard.press("Tab");
  await expect.poll(async () => (await read(page)).FCP, { message: `FCP of ${path}` }).toBeGreaterThan(0);
  return read(page);
}

function expectWithinBudget(soft: typeof expect, path: string, { LCP = 0, FCP = 0, TTFB = 0, INP = 0, CLS = 0 }: Vitals): void {
  const { page } = budgets;
  test.info().annotations.push({ type: "web vitals", description: JSON.stringify({ path, LCP, FCP, TTFB, INP, CLS }) });
  soft(FCP, `FCP of ${path}`).toBeLessThanOrEqual(page.fcpMs);
  soft(LCP, `LCP of ${path}`).toBeLessThanOrEqual(page.lcpMs);
  soft(TTFB, `TTFB of ${path}`).toBeLessThanOrEqual(page.ttfbMs);
  soft(INP, `INP of ${path}`).toBeLessThanOrEqual(page.inpMs);
  expect(CLS, `CLS of ${path}`).toBeLessThanOrEqual(page.cls);
}

const entry = platform.signInPage ?? platform.pages[0];
if (entry) {
  test(`${entry} loads within its budget`, async ({ page }) => {
    await gated("performance", async (soft) => expectWithinBudget(soft, entry, await vitalsOf(page, entry)));
  });
}

for (const tenant of oneOfEach) {
  test(`the pages of ${tenant.vertical} load within their budget`, async ({ signedIn }) => {
    needsSignIn();
    await gated("performance", async (soft) => {
      for (const path of pagesOf(tenant)) {
        const page = await signedIn(tenant);
        expectWithinBudget(soft, path, await vitalsOf(page, path));
        await page.close();
      }
    });
  });
}

test("a large tenant's lists stay usable", async ({ signedIn }) => {
  needsSignIn();
  const [tenant] = oneOfEach;
  if (!tenant) return;
  await gated("performance", async () => {
    const page = await signedIn(tenant);
    let lists = 0;
    await page.route("**/api/**", async (route) => {
      const response = await route.fetch();
      const body: unknown = await response.json().catch(() => undefined);
      if (!Array.isArray(body) || body.length === 0) return route.fulfill({ response });
      lists += 1;
      const many = Array.from({ length: budgets.largeTenantItems }, (_, index) => ({ ...(body[0] as object), id: `item-${index}` }));
      return route.fulfill({ response, json: many });
    });
    for (const path of pagesOf(tenant)) {
      const vitals = await vitalsOf(page, path);
      expect(vitals.INP ?? 0, `INP of ${path} with ${budgets.largeTenantItems} items`).toBeLessThanOrEqual(budgets.page.inpMs);
    }
    test.info().annotations.push({ type: "large lists", description: `${lists} answers were made large` });
  });
});
