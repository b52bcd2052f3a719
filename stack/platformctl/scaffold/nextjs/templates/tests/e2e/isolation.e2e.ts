import type { Page } from "@playwright/test";
import { app } from "./app";
import { expect, needsSignIn, neighbours, open, pagesOf, platform, test } from "./fixtures";
import type { AppTenant } from "../tenants";

/** Where something of a tenant shows: the document, storage, caches, cookies that scripts can read. */
async function placesShowing(page: Page, tenant: AppTenant): Promise<string[]> {
  return page.evaluate(
    async (texts) => {
      const names = await caches.keys().catch(() => []);
      const cached = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url).join()));
      const places: Record<string, string> = {
        document: document.documentElement.outerHTML,
        localStorage: JSON.stringify({ ...localStorage }),
        sessionStorage: JSON.stringify({ ...sessionStorage }),
        cookies: document.cookie,
        caches: cached.join(),
      };
      return Object.keys(places).filter((place) => texts.some((text) => places[place]?.includes(text)));
    },
    [tenant.id, tenant.name],
  );
}

test("two tenants side by side see nothing of each other", async ({ signedIn }) => {
  needsSignIn();
  const [one, other] = neighbours();
  for (const [tenant, foreign] of [[one, other], [other, one]] as const) {
    const page = await signedIn(tenant);
    const requests: string[] = [];
    page.on("request", (request) => requests.push(`${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ""}`));
    for (const path of pagesOf(tenant)) {
      await open(page, path);
      await expect(page.locator("body")).toContainText(tenant.name);
      expect(await placesShowing(page, foreign)).toEqual([]);
    }
    expect(requests.filter((request) => request.includes(foreign.id))).toEqual([]);
  }
});

test("every call to the API names its tenant", async ({ signedIn }) => {
  needsSignIn();
  const header = platform.tenantHeader;
  test.skip(!header, "no tenant header was found in the application");
  const [tenant] = neighbours();
  const page = await signedIn(tenant);
  const named: (string | undefined)[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.startsWith(`${platform.basePath}/api/`)) named.push(request.headers()[String(header).toLowerCase()]);
  });
  for (const path of pagesOf(tenant)) await open(page, path);
  expect(named).toEqual(named.map(() => tenant.id));
});

test("who signs in after another sees nothing of the one before", async ({ signedIn }) => {
  needsSignIn();
  const [before, after] = neighbours();
  const page = await signedIn(before);
  for (const path of pagesOf(before)) await open(page, path);
  await app.signIn?.(page.request, after, "member");
  for (const path of pagesOf(after)) {
    await open(page, path);
    expect(await placesShowing(page, before)).toEqual([]);
  }
});

const headersOf = (tenant: AppTenant): Record<string, string> => (platform.tenantHeader ? { [platform.tenantHeader]: tenant.id } : {});

for (const resource of app.resources) {
  test(`${resource.name} of one tenant can't be read by another`, async ({ signedIn }) => {
    needsSignIn();
    const [owner, thief] = neighbours();
    const own = (await signedIn(owner)).request;
    const address = await resource.create(own, owner);
    expect((await own.get(address, { headers: headersOf(owner) })).status()).toBe(200);
    const foreign = (await signedIn(thief)).request;
    for (const claimed of [thief, owner]) {
      const answer = await foreign.get(address, { headers: headersOf(claimed) });
      expect([401, 403, 404], `reading it, claiming to be ${claimed.id}`).toContain(answer.status());
    }
  });

  test(`${resource.name} of one tenant can't be changed by another`, async ({ signedIn }) => {
    needsSignIn();
    const [owner, thief] = neighbours();
    const own = (await signedIn(owner)).request;
    const address = await resource.create(own, owner);
    const before = await (await own.get(address, { headers: headersOf(owner) })).text();
    const foreign = (await signedIn(thief)).request;
    for (const claimed of [thief, owner]) {
      for (const method of ["PUT", "PATCH", "DELETE"]) {
        const answer = await foreign.fetch(address, { method, headers: headersOf(claimed), data: { name: "stolen" } });
        expect([400, 401, 403, 404, 405], `${method}, claiming to be ${claimed.id}`).toContain(answer.status());
      }
    }
    // A refusal that acted nonetheless is none.
    expect(await (await own.get(address, { headers: headersOf(owner) })).text()).toBe(before);
  });
}
