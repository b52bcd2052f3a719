import { http, HttpResponse, type HttpHandler } from "msw";
import { platform } from "../platform";
import { operations, tenantHeader, type Operation } from "./contract";
import { example } from "./example";

/** The tenant that a request says it is from. */
export const tenantOfRequest = (request: Request): string =>
  (tenantHeader ? request.headers.get(tenantHeader) : null) ?? "no-tenant";

const success = (operation: Operation): [number, object | undefined] => {
  const code = Object.keys(operation.answers).find((key) => key.startsWith("2")) ?? "200";
  return [Number(code.replace(/\D/g, "0")) || 200, operation.answers[code]];
};

/** The path as MSW writes it, on any host. */
export const mswPath = (path: string): string => `*${path.replace(/\{([^}]+)\}/g, ":$1").replace(/\[(?:\.\.\.)?([^\]]+)\]/g, ":$1")}`;

const fromContract = operations.map((operation): HttpHandler => {
  const verb = operation.method.toLowerCase() as "get" | "post" | "put" | "patch" | "delete";
  return http[verb](mswPath(operation.path), ({ request }) => {
    const [status, schema] = success(operation);
    const body = schema ? example(schema, tenantOfRequest(request)) : null;
    return status === 204 ? new HttpResponse(null, { status }) : HttpResponse.json(body as object, { status });
  });
});

const documented = new Set(operations.map((operation) => operation.path.replace(/\{[^}]+\}/g, "*")));
const undocumented = platform.apiRoutes.filter(({ path }) => !documented.has(path.replace(/\[[^\]]+\]/g, "*")));

/** One handler for each operation of the contract, and an empty answer for routes that it does not name. */
export const handlers: readonly HttpHandler[] = [
  ...fromContract,
  ...undocumented.map(({ path }) => http.all(mswPath(path), () => HttpResponse.json({}))),
];
