import { test as base, expect, type BrowserContext, type Page, type Request } from "@playwright/test";
import gates from "../gates.json";
import { platform } from "../platform";
import type { AppTenant, Role } from "../tenants";
import { app } from "./app";
import { findBrowser, type BrowserId } from "./browsers";

type Gate = Exclude<keyof typeof gates, "$about" | "budgets">;
type Session = Awaited<ReturnType<BrowserContext["storageState"]>>;
export type SignedIn = (tenant: AppTenant, role?: Role) => Promise<Page>;

interface Fixtures {
  requireBrowser: undefined;
  signedIn: SignedIn;
}

/**
 * Runs a check under a gate of gates.json: off skips the test, warn turns a failure into an annotation.
 * The check is given an `expect` that goes on after a finding; what only warns stops at the first one, since
 * Playwright takes no soft failure back.
 */
export async function gated(gate: Gate, check: (soft: typeof expect) => Promise<void>): Promise<void> {
  const { mode } = gates[gate];
  test.skip(mode === "off", `gate "${gate}" is off in gates.json`);
  test.info().annotations.push({ type: "gate", description: gate });
  try {
    await check(expect.configure({ soft: mode === "enforce" }));
  } catch (error) {
    if (mode === "enforce") throw error;
    test.info().annotations.push({ type: `gate ${gate} (warn)`, description: String(error) });
  }
}

/** Complaints of a page: errors on its console, and exceptions nobody caught. */
export function complaintsOf(page: Page): string[] {
  const found: string[] = [];
  page.on("pageerror", (error) => found.push(error.message));
  page.on("console", (message) => {
    // A refused request is the application's answer, not its failure.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) found.push(message.text());
  });
  return found;
}

const sessions = new Map<string, Promise<Session>>();

export const test = base.extend<Fixtures>({
  requireBrowser: [
    async ({ browserName }, use, info) => {
      const id = String(info.project.metadata.browser ?? browserName) as BrowserId;
      const { path } = findBrowser(id);
      info.annotations.push({ type: "browser", description: path ?? `${id} is absent` });
      info.skip(!path, `${id} is not installed here`);
      await use(undefined);
    },
    { auto: true },
  ],
  // One login for each tenant and role in a worker; the stored state opens every further context.
  signedIn: async ({ browser, contextOptions, baseURL, playwright }, use) => {
    const contexts: BrowserContext[] = [];
    const login = async (tenant: AppTenant, role: Role): Promise<Session> => {
      if (!app.signIn) throw new Error("app.signIn is missing");
      const request = await playwright.request.newContext({ baseURL });
      await app.signIn(request, tenant, role);
      const state = await request.storageState();
      await request.dispose();
      return state;
    };
    await use(async (tenant, role = "member") => {
      const key = `${tenant.id} ${role}`;
      const session = sessions.get(key) ?? login(tenant, role);
      sessions.set(key, session);
      const context = await browser.newContext({ ...contextOptions, storageState: await session });
      contexts.push(context);
      return context.newPage();
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

export { expect, platform };
export { budgets } from "./budgets";

/** Skips, by name, what needs to sign in while e2e/app.ts doesn't say how. */
export function needsSignIn(): void {
  test.skip(!app.signIn || app.tenants.length === 0, "fill in signIn and tenants in e2e/app.ts");
}

/** One tenant of each vertical that the test data has. */
export const oneOfEach: readonly AppTenant[] = app.tenants.filter(
  (tenant, index) => app.tenants.findIndex(({ vertical }) => vertical === tenant.vertical) === index,
);

/** Two tenants of the same vertical, or any two: neighbours see the same pages with other data. */
export function neighbours(): readonly [AppTenant, AppTenant] {
  const pair = app.tenants.find((one) => app.tenants.some((other) => other !== one && other.vertical === one.vertical));
  const first = pair ?? app.tenants[0];
  const second = app.tenants.find((other) => other !== first && (!pair || other.vertical === pair.vertical));
  test.skip(!first || !second, "fill in two tenants in e2e/app.ts");
  return [first as AppTenant, second as AppTenant];
}

export const pagesOf = (tenant: AppTenant): readonly string[] =>
  app.pagesOf?.(tenant) ?? platform.pages.filter((path) => path !== platform.signInPage);

const QUIET_MS = 120;
const LONGEST_MS = 5_000;
const lastTraffic = new WeakMap<Page, { running: Set<Request>; at: number }>();

function watch(page: Page): { running: Set<Request>; at: number } {
  const known = lastTraffic.get(page);
  if (known) return known;
  const traffic = { running: new Set<Request>(), at: Date.now() };
  lastTraffic.set(page, traffic);
  const ended = (request: Request): void => {
    traffic.running.delete(request);
    traffic.at = Date.now();
  };
  page.on("request", (request) => traffic.running.add(request));
  page.on("requestfinished", ended);
  page.on("requestfailed", ended);
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame()) for (const request of traffic.running) if (!request.isNavigationRequest()) traffic.running.delete(request);
  });
  return traffic;
}

/** Whether React has taken over every control: what is typed before that is lost. */
const controlsAreLive = (page: Page): Promise<boolean> =>
  page.evaluate(() =>
    [...document.querySelectorAll("button, input, select, textarea")].every((control) =>
      Object.keys(control).some((key) => key.startsWith("__reactProps$")),
    ),
  );

/** Waits until a page has asked for nothing for a moment, its fonts are there and its controls answer. */
export async function rest(page: Page): Promise<void> {
  const traffic = watch(page);
  // A page that streams or polls never is at rest: after a while it is taken as it is.
  const latest = Date.now() + LONGEST_MS;
  const quiet = (): boolean => traffic.running.size === 0 && Date.now() - traffic.at >= QUIET_MS;
  await expect.poll(() => quiet() || Date.now() > latest, { intervals: [40], timeout: 2 * LONGEST_MS }).toBe(true);
  await expect.poll(async () => Date.now() > latest || (await controlsAreLive(page)), { intervals: [40], timeout: 2 * LONGEST_MS }).toBe(true);
  await page.evaluate(() => document.fonts.ready.then(() => true));
}

/** Opens a page, waits until it has come to rest, and gives the status of the answer. */
export async function open(page: Page, path: string): Promise<number> {
  watch(page);
  const response = await page.goto(`${platform.basePath}${path}`);
  await rest(page);
  return response?.status() ?? 0;
}
