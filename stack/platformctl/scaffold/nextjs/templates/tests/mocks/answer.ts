import { http, HttpResponse, type HttpHandler } from "msw";
import type { Operations } from "./api";
import { mswPath, tenantOfRequest } from "./handlers";

type Name = keyof Operations;
type Answers<Of extends Name> = Operations[Of]["answers"];
type Verb = "get" | "post" | "put" | "patch" | "delete";

/** What a mocked operation was asked. */
export interface Asked<Of extends Name> {
  tenant: string;
  params: Operations[Of]["params"];
  body: Operations[Of]["body"];
}

/**
 * A mock of one operation for server.use(): the compiler holds its answer against the contract, and so does the
 * mock server when it runs.
 */
export function answer<Of extends Name, Status extends keyof Answers<Of> & number>(
  name: Of,
  status: Status,
  give: Answers<Of>[Status] | ((asked: Asked<Of>) => Answers<Of>[Status]),
): HttpHandler {
  const [method = "", path = ""] = String(name).split(" "); // a contract without operations leaves no name at all
  return http[method.toLowerCase() as Verb](mswPath(path), async ({ request, params }) => {
    const text = await request.text();
    const asked = { tenant: tenantOfRequest(request), params, body: text ? (JSON.parse(text) as unknown) : undefined } as Asked<Of>;
    const given = typeof give === "function" ? (give as (asked: Asked<Of>) => Answers<Of>[Status])(asked) : give;
    return status === 204 ? new HttpResponse(null, { status }) : HttpResponse.json(given as object, { status });
  });
}
