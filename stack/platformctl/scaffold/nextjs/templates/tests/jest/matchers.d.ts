import type { AppTenant } from "../tenants";

declare global {
  namespace jest {
    interface Matchers<R> {
      /** No accessibility rule is broken. */
      toHaveNoViolations(): R;
      /** Nothing of another tenant is in the document, the storage or the requests made so far. */
      toShowNothingOf(tenant: AppTenant): R;
    }
  }
}
