"use client";

import { useTenant } from "@/lib/tenant-context";

export function TenantBadge() {
  const { tenant, role } = useTenant();
  return (
    <p>
      {/* eslint-disable-next-line @next/next/no-img-element */}
      <img src="/logo.svg" alt={`Logo of ${tenant.name}`} width={32} height={32} />
      <strong>{tenant.name}</strong> <span>{tenant.tier}</span> <span>{role}</span>
    </p>
  );
}
