import { NextRequest } from "next/server";
import { sessionHeaders, knownTenants } from "../platform.adapter";
import { checkResponse, operationFor, tenantHeader, type Operation } from "../mocks/contract";
import { example } from "../mocks/example";
import { ROLES, type AppTenant, type Role } from "../tenants";
import { enter } from "./server-context";

/** A route handler or the proxy, as Next.js calls it. */
export type Handler = (request: never, context: never) => unknown;

export interface Call {
  path: string;
  method: string;
  tenant?: AppTenant;
  role?: Role;
  params?: Record<string, string>;
  body?: unknown;
}

/** Calls a handler as Next.js would; with a tenant the request is signed in by the adapter. */
export async function call(handler: Handler, { path, method, tenant, role = "admin", params = {}, body }: Call): Promise<{ request: NextRequest; response: Response }> {
  const filled = Object.entries(params).reduce((url, [name, value]) => url.replace(new RegExp(`\\[(\\.\\.\\.)?${name}\\]`), value), path);
  const named = tenant && tenantHeader ? { [tenantHeader]: tenant.id } : {};
  const session = tenant ? (sessionHeaders?.(tenant, role) ?? {}) : {};
  const headers = { "Content-Type": "application/json", ...named, ...session };
  const text = body === undefined ? undefined : JSON.stringify(body);
  const request = new NextRequest(`http://localhost${filled}`, { method, headers, body: text });
  return { request, response: await answer(handler, request, params) };
}

/** Runs a handler for a request; its parameters can be awaited or read, as the version of Next.js wants it. */
async function answer(handler: Handler, request: NextRequest, params: Record<string, string>): Promise<Response> {
  enter(request);
  const context = { params: Object.assign(Promise.resolve(params), params) };
  return (await handler(request as never, context as never)) as Response;
}

const operationAt = (path: string, method: string): Operation | undefined => operationFor(method, path.replace(/\[[^\]]+\]/g, "x"));
const paramsOf = (path: string): Record<string, string> =>
  Object.fromEntries([...path.matchAll(/\[(?:\.\.\.)?([^\]]+)\]/g)].map((found) => [found[1] ?? "", "missing"]));
const guarded = (operation: Operation): boolean => operation.requiredHeaders.some((name) => name.toLowerCase() === tenantHeader?.toLowerCase());

const SESSION_NEEDED = "fill in sessionHeaders and knownTenants in platform.adapter.tsx";

/** Tests of one route file: strangers are refused, answers keep the contract, tenants stay apart. */
export function describeRoute(path: string, handlers: Record<string, Handler | undefined>): void {
  const methods = Object.entries(handlers).filter((entry): entry is [string, Handler] => typeof entry[1] === "function");
  describe(path, () => {
    for (const [method, handler] of methods) describeMethod(path, method, handler);
    const { GET, POST } = handlers;
    const creates = operationAt(path, "POST");
    if (GET && POST && creates?.body) describeIsolation(path, GET, POST, creates.body);
  });
}

function describeMethod(path: string, method: string, handler: Handler): void {
  const operation = operationAt(path, method);
  const bodyFor = (tenant: string): unknown => (operation?.body ? example(operation.body, tenant) : method === "GET" ? undefined : {});
  const params = paramsOf(path);

  it(`${method} does not fail on a stranger's request`, async () => {
    const { response } = await call(handler, { path, method, params, body: method === "GET" ? undefined : {} });
    expect(response.status).toBeLessThan(500);
  });
  if (!operation) return;
  if (guarded(operation)) {
    it(`${method} refuses a request without a session`, async () => {
      const { request, response } = await call(handler, { path, method, params, body: bodyFor("nobody") });
      expect([401, 403]).toContain(response.status);
      expect(await checkResponse(request, response)).toEqual([]);
    });
  }
  const signedIn = knownTenants && sessionHeaders ? it : it.skip;
  const note = knownTenants && sessionHeaders ? "" : ` (${SESSION_NEEDED})`;
  signedIn(`${method} keeps the contract for a signed-in tenant${note}`, async () => {
    const [tenant] = knownTenants ?? [];
    const { request, response } = await call(handler, { path, method, tenant, params, body: bodyFor(tenant?.id ?? "") });
    const expected = Object.keys(params).length > 0 ? [400, 404] : [200, 201, 202, 204];
    expect(expected).toContain(response.status);
    expect(await checkResponse(request, response)).toEqual([]);
  });
  if (guarded(operation)) {
    signedIn(`${method} refuses a session used for another tenant${note}`, async () => {
      const [tenant, other] = knownTenants ?? [];
      const forged = tenant && other && tenantHeader ? { ...sessionHeaders?.(tenant, "admin"), [tenantHeader]: other.id } : {};
      const text = method === "GET" ? undefined : JSON.stringify(bodyFor("x"));
      const request = new NextRequest(`http://localhost${path}`, { method, headers: forged, body: text });
      const response = await answer(handler, request, params);
      expect(response.status).toBeGreaterThanOrEqual(400);
    });
  }
  if ("403" in operation.answers && Object.keys(params).length === 0) {
    signedIn(`${method} refuses a role that may not${note}`, async () => {
      const [tenant] = knownTenants ?? [];
      const [least] = ROLES;
      const { request, response } = await call(handler, { path, method, tenant, role: least, body: bodyFor(tenant?.id ?? "") });
      expect(response.status).toBe(403);
      expect(await checkResponse(request, response)).toEqual([]);
    });
  }
  if (operation.body) {
    signedIn(`${method} refuses a body that the contract refuses${note}`, async () => {
      const [tenant] = knownTenants ?? [];
      const { response } = await call(handler, { path, method, tenant, params, body: { nonsense: true } });
      expect([400, 404, 409, 422]).toContain(response.status);
    });
  }
}

function describeIsolation(path: string, list: Handler, create: Handler, schema: object): void {
  const can = knownTenants && sessionHeaders ? it : it.skip;
  can(`keeps what one tenant creates from the other`, async () => {
    const [tenant, other] = knownTenants ?? [];
    if (!tenant || !other) throw new Error(SESSION_NEEDED);
    const made = await call(create, { path, method: "POST", tenant, body: example(schema, tenant.id) });
    expect(made.response.status).toBeLessThan(300);
    const own = await call(list, { path, method: "GET", tenant });
    expect(await own.response.text()).toContain(tenant.id);
    const foreign = await call(list, { path, method: "GET", tenant: other });
    expect(await foreign.response.text()).not.toContain(tenant.id);
  });
}
