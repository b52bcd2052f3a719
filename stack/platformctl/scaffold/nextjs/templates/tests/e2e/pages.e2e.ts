import { complaintsOf, expect, needsSignIn, oneOfEach, open, pagesOf, platform, test } from "./fixtures";

test.describe("a stranger", () => {
  for (const path of platform.pages) {
    test(`gets an answer at ${path}`, async ({ page }) => {
      const complaints = complaintsOf(page);
      expect(await open(page, path)).toBeLessThan(500);
      await expect(page.locator("body")).toHaveText(/\S/);
      expect(complaints).toEqual([]);
    });
  }
});

test.describe("a tenant", () => {
  for (const tenant of oneOfEach) {
    test(`of ${tenant.vertical} sees its pages whole`, async ({ signedIn }) => {
      needsSignIn();
      const page = await signedIn(tenant);
      const complaints = complaintsOf(page);
      for (const path of pagesOf(tenant)) {
        expect(await open(page, path)).toBeLessThan(400);
        expect(new URL(page.url()).pathname).toBe(`${platform.basePath}${path}`);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        // Nothing is cut off or has to be scrolled to sideways.
        expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
      }
      expect(complaints).toEqual([]);
    });
  }
});
