import { setupServer } from "msw/node";
import { addViolations, checkRequest, checkResponse, tenantHeader } from "./contract";
import { handlers } from "./handlers";

export interface SeenRequest {
  method: string;
  url: string;
  tenant: string | null;
  body: string;
  signal: AbortSignal;
}

const seen: SeenRequest[] = [];
const expected = new Set<string>();

/** The mock server of unit tests. Every request and every mocked answer is held against the contract. */
export const server = setupServer(...handlers);

server.events.on("request:start", ({ request }) => {
  const tenant = tenantHeader ? request.headers.get(tenantHeader) : null;
  const entry: SeenRequest = { method: request.method, url: request.url, tenant, body: "", signal: request.signal };
  seen.push(entry);
  void request.clone().text().then((body) => (entry.body = body));
  if (tenant && expected.size > 0 && !expected.has(tenant)) addViolations([`${request.method} ${request.url}: names ${tenant}, for whom nothing is rendered`]);
  void checkRequest(request).then(addViolations);
});

server.events.on("response:mocked", ({ request, response }) => {
  if (!response.headers.has("x-mock-fault")) void checkResponse(request, response).then(addViolations);
});

/** The requests made since the test began. */
export const requestsSeen = (): readonly SeenRequest[] => seen;

/** From here to the end of the test, a request that names another tenant than these breaks the contract. */
export const expectRequestsOf = (tenantId: string): Set<string> => expected.add(tenantId);

beforeEach(() => {
  seen.length = 0;
  expected.clear();
});
