import { operationFor, tenantHeader } from "../mocks/contract";
import { requestsSeen } from "../mocks/server";
import type { AppTenant } from "../tenants";

/** Every request that must name a tenant named this one. */
export function expectTenantOnAll(tenant: AppTenant): void {
  const owed = requestsSeen().filter(({ method, url }) => operationFor(method, url)?.requiredHeaders.some(isTenantHeader));
  expect(owed.map((seen) => seen.tenant)).toEqual(owed.map(() => tenant.id));
}

const isTenantHeader = (name: string): boolean => name.toLowerCase() === tenantHeader?.toLowerCase();
