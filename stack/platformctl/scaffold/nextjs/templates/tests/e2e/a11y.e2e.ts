import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, gated, needsSignIn, oneOfEach, open, pagesOf, platform, test } from "./fixtures";

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]).analyze();
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(" ")).join(", ")})`);
  expect(told, page.url()).toEqual([]);
}

for (const path of platform.pages) {
  test(`${path} is accessible to a stranger`, async ({ page }) => {
    await gated("a11y", async () => {
      await open(page, path);
      const landed = new URL(page.url()).pathname.slice(platform.basePath.length) || "/";
      // Where a stranger is sent elsewhere, that page has a test of its own.
      expect(platform.pages).toContain(landed);
      if (landed === path) await expectAccessible(page);
    });
  });
}

for (const tenant of oneOfEach) {
  test(`the pages of ${tenant.vertical} are accessible`, async ({ signedIn }) => {
    needsSignIn();
    await gated("a11y", async () => {
      const page = await signedIn(tenant);
      for (const path of pagesOf(tenant)) {
        await open(page, path);
        await expectAccessible(page);
      }
    });
  });
}
