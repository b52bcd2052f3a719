import { render, type RenderResult } from "@testing-library/react";
import userEvent, { type UserEvent } from "@testing-library/user-event";
import type { ReactElement, ReactNode } from "react";
import { Providers } from "../platform.adapter";
import { expectRequestsOf } from "../mocks/server";
import { shop, type AppTenant, type Flags, type Role } from "../tenants";

export interface TenantOptions {
  tenant?: AppTenant;
  role?: Role;
  flags?: Flags;
}

export interface RenderedForTenant extends RenderResult {
  tenant: AppTenant;
  user: UserEvent;
}

/** Renders as the application would for a signed-in user of a tenant, with feature flags on or off. */
export function renderWithTenant(ui: ReactElement, options: TenantOptions = {}): RenderedForTenant {
  const { tenant: given = shop(), role = "member", flags = {} } = options;
  const tenant = { ...given, flags: { ...given.flags, ...flags } };
  expectRequestsOf(tenant.id);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <Providers tenant={tenant} role={role} flags={tenant.flags}>
      {children}
    </Providers>
  );
  const view: RenderResult = render(ui, { wrapper });
  return { tenant, user: userEvent.setup({ delay: null }), ...view };
}

export * from "@testing-library/react";
