import type { Page } from "@playwright/test";
import { app } from "./app";
import { expect, gated, needsSignIn, oneOfEach, open, pagesOf, platform, test } from "./fixtures";

const SIZES = { desktop: { width: 1280, height: 800 }, mobile: { width: 390, height: 844 } };

async function expectToLookAsBefore(page: Page, path: string, name: string): Promise<void> {
  // A fixed clock, fonts that are there, no motion: what is left to differ is the design.
  await page.clock.setFixedTime(new Date("2030-01-15T10:00:00Z"));
  await page.emulateMedia({ reducedMotion: "reduce" });
  await open(page, path);
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    await expect(page).toHaveScreenshot(`${name}-${size}.png`, { fullPage: true, mask: [...app.masked(page)] });
  }
}

const nameOf = (path: string): string => path.replace(/\W+/g, "-").replace(/^-|-$/g, "") || "home";

if (platform.signInPage) {
  const { signInPage } = platform;
  test(`${signInPage} looks as before`, async ({ page }) => {
    await gated("visual", () => expectToLookAsBefore(page, signInPage, nameOf(signInPage)));
  });
}

for (const tenant of oneOfEach) {
  test(`the pages of ${tenant.vertical} look as before`, async ({ signedIn }) => {
    needsSignIn();
    await gated("visual", async () => {
      const page = await signedIn(tenant);
      for (const path of pagesOf(tenant)) await expectToLookAsBefore(page, path, `${tenant.vertical}-${nameOf(path)}`);
    });
  });
}

// Without a single test Playwright fails: say what is missing instead.
if (!platform.signInPage && oneOfEach.length === 0) {
  test("the pages of each vertical look as before", () => {
    needsSignIn();
    expect(oneOfEach).not.toHaveLength(0);
  });
}
