/** What only the application's team knows: filled in for the sample, as its owner would. */
import type { ReactNode } from "react";
import { TenantProvider } from "@/lib/tenant-context";
import { sealSession, SESSION_COOKIE } from "@/lib/session";
import { tenantOf, type AppTenant, type Flags, type Role } from "./tenants";

export interface ProvidersProps {
  tenant: AppTenant;
  role: Role;
  flags: Flags;
  children: ReactNode;
}

export function Providers({ tenant, role, flags, children }: ProvidersProps) {
  return (
    <TenantProvider tenant={{ ...tenant, flags: { ...flags } }} role={role}>
      {children}
    </TenantProvider>
  );
}

export const sessionHeaders: ((tenant: AppTenant, role: Role) => Record<string, string>) | undefined = (tenant, role) => ({
  Cookie: `${SESSION_COOKIE}=${sealSession(tenant.id, role)}`,
});

export const knownTenants: readonly [AppTenant, AppTenant] | undefined = [
  tenantOf("hotels", { id: "sea-view", name: "Sea View Hotels" }),
  tenantOf("hotels", { id: "alpine", name: "Alpine Rooms" }),
];
