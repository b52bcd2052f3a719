/** The journey of each vertical: what its customers come for. This file is yours. */
import type { Page } from "@playwright/test";
import type { AppTenant, Vertical } from "../tenants";

export interface Journey {
  tenant: AppTenant;
  start: string;
  /** Goes the whole way and asserts what came of it. */
  go: (page: Page) => Promise<void>;
}

export const journeys: Partial<Record<Vertical, Journey>> = {};
