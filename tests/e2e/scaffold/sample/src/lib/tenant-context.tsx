"use client";

import { createContext, useContext, type ReactNode } from "react";
import type { Role, Tenant } from "./tenants";

interface TenantState {
  tenant: Tenant;
  role: Role;
}

const TenantContext = createContext<TenantState | null>(null);

export function TenantProvider({ tenant, role, children }: TenantState & { children: ReactNode }) {
  return <TenantContext value={{ tenant, role }}>{children}</TenantContext>;
}

export function useTenant(): TenantState {
  const state = useContext(TenantContext);
  if (!state) throw new Error("useTenant needs a TenantProvider above it");
  return state;
}
