/** Whose request it is. Yours to change: read it from what your server has verified, never from the page. */
import { UNKNOWN } from "./catalogue";

const TENANT = /^[a-z0-9][a-z0-9-]{0,62}$/;

export async function tenantOf(request: Request): Promise<string> {
  // The gateway sets this header for verified callers and removes a client's own. Behind nothing that does,
  // look the session up instead.
  const tenant = request.headers.get("[[ tenant_header ]]") ?? "";
  return TENANT.test(tenant) ? tenant : UNKNOWN;
}
