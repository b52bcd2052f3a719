import type { Page } from "@playwright/test";
import { app } from "./app";
import { expect, gated, needsSignIn, oneOfEach, open, pagesOf, platform, rest, test } from "./fixtures";

const REQUIRED: Record<string, RegExp> = {
  "content-security-policy": /default-src|script-src/,
  "x-content-type-options": /nosniff/,
  "referrer-policy": /\S/,
};
const HOSTILE = `"><img src=x onerror="window.__stolen=1"><script>window.__stolen=1</script>`;
const entry = platform.signInPage ?? platform.pages[0] ?? "/";

test("answers carry the headers that protect a page", async ({ request }) => {
  await gated("security", async (soft) => {
    const headers = (await request.get(`${platform.basePath}${entry}`)).headers();
    for (const [name, pattern] of Object.entries(REQUIRED)) soft(headers[name] ?? "(missing)", name).toMatch(pattern);
    const framed = headers["x-frame-options"] ?? /frame-ancestors[^;]+/.exec(headers["content-security-policy"] ?? "")?.[0];
    soft(framed, "X-Frame-Options or frame-ancestors").toBeDefined();
    expect(headers["x-powered-by"], "X-Powered-By tells what to attack").toBeUndefined();
  });
});

test("the session is out of reach of scripts", async ({ signedIn }) => {
  needsSignIn();
  const [tenant] = oneOfEach;
  if (!tenant) return;
  await gated("security", async (soft) => {
    const page = await signedIn(tenant);
    for (const path of pagesOf(tenant)) await open(page, path);
    const cookies = await page.context().cookies();
    const secret = cookies.filter(({ name }) => /session|token|auth|jwt|sid/i.test(name));
    expect(secret.length, "session cookies").toBeGreaterThan(0);
    for (const cookie of secret) {
      soft(cookie.httpOnly, `${cookie.name} is HttpOnly`).toBe(true);
      soft(cookie.sameSite, `${cookie.name} has SameSite`).not.toBe("None");
    }
    const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    expect(stored, "web storage").not.toMatch(/eyJ[\w-]+\.[\w-]+\.|"[^"]*(token|jwt|password|secret)[^"]*":"[^"]{8,}"/i);
  });
});

/** Puts hostile text into every text of every answer of the API, as a tenant could have stored it. */
async function poison(page: Page): Promise<() => number> {
  let poisoned = 0;
  const spoil = (value: unknown, key = ""): unknown => {
    if (Array.isArray(value)) return value.map((item) => spoil(item));
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, spoil(item, name)]));
    return typeof value === "string" && !/^(id|.*Id|status|type)$/.test(key) ? `${value}${HOSTILE}` : value;
  };
  await page.route("**/api/**", async (route) => {
    const response = await route.fetch();
    const body: unknown = await response.json().catch(() => undefined);
    if (body === undefined) return route.fulfill({ response });
    poisoned += 1;
    return route.fulfill({ response, json: spoil(body) });
  });
  return () => poisoned;
}

test("hostile text of a tenant stays text", async ({ signedIn }) => {
  needsSignIn();
  await gated("security", async () => {
    for (const tenant of oneOfEach) {
      const page = await signedIn(tenant);
      const poisoned = await poison(page);
      for (const path of pagesOf(tenant)) {
        await open(page, path);
        await expect(page.locator('img[src="x"]'), `elements made from data at ${path}`).toHaveCount(0);
        expect(await page.evaluate(() => "__stolen" in window), `script run at ${path}`).toBe(false);
      }
      test.info().annotations.push({ type: "xss", description: `${poisoned()} answers were poisoned for ${tenant.id}` });
    }
  });
});

for (const path of platform.pages) {
  test(`${path} does not run what its address holds`, async ({ page }) => {
    await gated("security", async () => {
      const hostile = ["q", "next", "error", "message", "tenant"].map((name) => [name, HOSTILE]);
      await open(page, `${path}?${new URLSearchParams(hostile)}`);
      await expect(page.locator('img[src="x"]')).toHaveCount(0);
      expect(await page.evaluate(() => "__stolen" in window)).toBe(false);
    });
  });
}

for (const { path, follow } of app.redirects) {
  for (const to of ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:window.__stolen=1"]) {
    test(`${path} does not lead to ${to}`, async ({ page, baseURL }) => {
      await gated("security", async () => {
        await page.route("**://evil.example/**", (route) => route.fulfill({ body: "evil" }));
        await open(page, path.replace("{to}", encodeURIComponent(to)));
        await follow?.(page);
        await rest(page);
        expect(new URL(page.url()).host).toBe(new URL(baseURL ?? "").host);
        expect(await page.evaluate(() => "__stolen" in window)).toBe(false);
      });
    });
  }
}
