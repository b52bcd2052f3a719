import type { ReactElement } from "react";
import { faults } from "../mocks/faults";
import { requestsSeen, server } from "../mocks/server";
import { shop } from "../tenants";
import { settledText } from "./interact";
import { renderWithTenant, screen, waitFor } from "./render";
import { expectTenantOnAll } from "./requests";

export interface Loading {
  /** The button that asks again after a failure. */
  retry?: string;
  /** Whether a request ends with the component that made it. */
  aborts?: boolean;
}

/** Tests of a component that shows data of its tenant as soon as it is there. */
export function itLoads(element: () => ReactElement, { retry, aborts = false }: Loading = {}): void {
  const whileWaiting = (): string => {
    server.use(faults.silent());
    const { container, unmount } = renderWithTenant(element());
    const text = container.textContent ?? "";
    unmount();
    return text;
  };

  it("shows the data of its own tenant only", async () => {
    const [tenant, other] = [shop(), shop()];
    const { container } = renderWithTenant(element(), { tenant });
    await waitFor(() => expect(container).toHaveTextContent(tenant.id));
    expect(document).toShowNothingOf(other);
    expectTenantOnAll(tenant);
  });

  it("says that it waits for a slow server, then shows the data", async () => {
    server.use(faults.slow());
    const { container, tenant } = renderWithTenant(element());
    expect(container).not.toHaveTextContent(tenant.id);
    expect(container).not.toBeEmptyDOMElement();
    await waitFor(() => expect(container).toHaveTextContent(tenant.id));
  });

  it.each(["error", "rateLimited", "offline", "malformed"] as const)("ends waiting when the server is in fault: %s", async (fault) => {
    const waiting = whileWaiting();
    server.use(faults[fault]());
    const { container } = renderWithTenant(element());
    await waitFor(() => expect([waiting, ""]).not.toContain(container.textContent));
  });

  it("tells nothing found from waiting and from an error", async () => {
    const waiting = whileWaiting();
    server.use(faults.error());
    const failed = renderWithTenant(element());
    const failure = await settledText(failed.container);
    failed.unmount();
    server.use(faults.empty());
    const { container } = renderWithTenant(element());
    expect([waiting, failure]).not.toContain(await settledText(container));
  });

  if (retry) {
    it(`loads again at ${retry}`, async () => {
      server.use(faults.error());
      const { user, container, tenant } = renderWithTenant(element());
      await screen.findByRole("alert");
      server.resetHandlers();
      await user.click(screen.getByRole("button", { name: retry }));
      await waitFor(() => expect(container).toHaveTextContent(tenant.id));
      expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    });
  }

  if (aborts) {
    it("gives up its request when it goes away", async () => {
      server.use(faults.silent());
      const { unmount } = renderWithTenant(element());
      await waitFor(() => expect(requestsSeen()).not.toHaveLength(0));
      unmount();
      await waitFor(() => expect(requestsSeen().every(({ signal }) => signal.aborted)).toBe(true));
    });
  }
}
