import type { ReactElement } from "react";
import { faults } from "../mocks/faults";
import { requestsSeen, server } from "../mocks/server";
import { shop } from "../tenants";
import { goThrough } from "./interact";
import { renderWithTenant, waitFor } from "./render";
import { expectTenantOnAll } from "./requests";

/** Tests of a component that sends what a person fills in. */
export function itSends(element: () => ReactElement): void {
  it("sends what was filled in, for its own tenant", async () => {
    const { user, container, tenant } = renderWithTenant(element());
    await goThrough(container, user);
    await waitFor(() => expect(requestsSeen()).not.toHaveLength(0));
    expectTenantOnAll(tenant);
  });

  it("tells success from failure", async () => {
    const tenant = shop();
    const first = renderWithTenant(element(), { tenant });
    const success = await goThrough(first.container, first.user);
    first.unmount();
    server.use(faults.error());
    const second = renderWithTenant(element(), { tenant });
    const failure = await goThrough(second.container, second.user);
    expect(failure).not.toBe(success);
    expect(failure).not.toMatch(/\bundefined\b|\bNaN\b|\[object Object\]/);
  });
}
