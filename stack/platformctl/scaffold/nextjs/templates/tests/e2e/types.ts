/** What e2e/app.ts and e2e/journeys.ts are made of. */
import type { APIRequestContext, Locator, Page } from "@playwright/test";
import type { AppTenant, Role } from "../tenants";

export interface FlagCheck {
  flag: string;
  /** A tenant with the flag on, one with it off, and what shows only when it is on. */
  on: AppTenant;
  off: AppTenant;
  path: string;
  shows: (page: Page) => Locator;
}

export interface Resource {
  name: string;
  /** Makes something as the signed-in tenant and gives the address under which it alone may read it. */
  create: (request: APIRequestContext, tenant: AppTenant) => Promise<string>;
}

export interface RunningApp {
  /** Tenants of the test data, at least two of the same vertical. */
  tenants: readonly AppTenant[];
  roles: readonly Role[];
  /** Signs in, so that the context's cookies carry the session. */
  signIn?: (request: APIRequestContext, tenant: AppTenant, role: Role) => Promise<void>;
  /** Pages that a tenant may see. Default: all pages without parameters. */
  pagesOf?: (tenant: AppTenant) => readonly string[];
  flags: readonly FlagCheck[];
  resources: readonly Resource[];
  /** Addresses that take a place to go on to, `{to}` standing for it, and how to be sent there. */
  redirects: readonly { path: string; follow?: (page: Page) => Promise<void> }[];
  /** What changes from one run to the next, hidden from screenshots. */
  masked: (page: Page) => readonly Locator[];
}

export interface Journey {
  tenant: AppTenant;
  start: string;
  /** Goes the whole way and asserts what came of it; `as` opens a page for a colleague with another role. */
  go: (page: Page, as: (role: Role) => Promise<Page>) => Promise<void>;
}
