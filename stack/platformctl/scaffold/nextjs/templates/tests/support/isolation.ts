import type { AppTenant } from "../tenants";
import { requestsSeen } from "../mocks/server";

/** Every text in which something of a tenant could show: document, storage, cookies, requests. */
function places(): Record<string, string> {
  const found: Record<string, string> = {
    requests: requestsSeen().map((seen) => `${seen.url} ${seen.tenant ?? ""} ${seen.body}`).join("\n"),
  };
  if (typeof document === "undefined") return found;
  return {
    ...found,
    document: document.documentElement.outerHTML,
    localStorage: JSON.stringify({ ...window.localStorage }),
    sessionStorage: JSON.stringify({ ...window.sessionStorage }),
    cookies: document.cookie,
  };
}

/** expect(document).toShowNothingOf(otherTenant) */
export function toShowNothingOf(_received: unknown, tenant: AppTenant): jest.CustomMatcherResult {
  const leaks = Object.entries(places()).filter(([, text]) => text.includes(tenant.id) || text.includes(tenant.name));
  const where = leaks.map(([place]) => place).join(", ");
  return {
    pass: leaks.length === 0,
    message: () => (where ? `${tenant.name} (${tenant.id}) shows in: ${where}` : `${tenant.id} was expected to show somewhere`),
  };
}
