import Ajv2020, { type ValidateFunction } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { platform } from "../platform";
import { document } from "./openapi";

/** The parts of an OpenAPI document that the checks read. */
export interface Operation {
  path: string;
  method: string;
  requiredHeaders: string[];
  body?: object;
  answers: Record<string, object | undefined>;
}

type Json = { [key: string]: unknown };
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const at = (value: unknown, ...keys: string[]): unknown =>
  keys.reduce<unknown>((found, key) => (isObject(found) ? found[key] : undefined), value);

/** Follows `$ref` inside the document. */
export function resolved(value: unknown): unknown {
  const ref = at(value, "$ref");
  if (typeof ref !== "string") return value;
  return resolved(at(document, ...ref.replace(/^#\//, "").split("/").map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"))));
}

const schemaIn = (holder: unknown): object | undefined => {
  const schema = at(resolved(holder), "content", "application/json", "schema");
  return isObject(schema) ? schema : undefined;
};

function* readOperations(): Generator<Operation> {
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(isObject(item) ? item : {})) {
      if (!["get", "post", "put", "patch", "delete"].includes(method)) continue;
      const shared = at(item, "parameters");
      const own = at(operation, "parameters");
      const parameters = [...(Array.isArray(shared) ? shared : []), ...(Array.isArray(own) ? own : [])].map(resolved);
      const headers = parameters.filter((found) => at(found, "in") === "header" && at(found, "required") === true);
      const responses = at(operation, "responses");
      yield {
        path,
        method: method.toUpperCase(),
        requiredHeaders: headers.map((header) => String(at(header, "name"))),
        body: schemaIn(at(operation, "requestBody")),
        answers: Object.fromEntries(Object.entries(isObject(responses) ? responses : {}).map(([code, answer]) => [code, schemaIn(answer)])),
      };
    }
  }
}

export const operations: readonly Operation[] = [...readOperations()];

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ ...document, $id: "api:" }, "api:");

const compiled = new Map<object, ValidateFunction>();
function complaints(schema: object, value: unknown): string | undefined {
  let validate = compiled.get(schema);
  if (!validate) {
    const local = JSON.parse(JSON.stringify(schema).replace(/"\$ref":"#/g, '"$ref":"api:#')) as object;
    validate = ajv.compile(local);
    compiled.set(schema, validate);
  }
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}

const pattern = (path: string): RegExp => new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]+\}/g, "[^/]+")}$`);

/** The operation of the contract that a request belongs to. */
export function operationFor(method: string, url: string): Operation | undefined {
  const path = new URL(url, "http://localhost").pathname;
  return operations.find((operation) => operation.method === method && pattern(operation.path).test(path));
}

/** What a request breaks: missing headers, a body that the schema refuses. */
export async function checkRequest(request: Request): Promise<string[]> {
  const name = `${request.method} ${new URL(request.url).pathname}`;
  const operation = operationFor(request.method, request.url);
  if (!operation) return [];
  const missing = operation.requiredHeaders.filter((header) => !request.headers.get(header));
  const found = missing.map((header) => `${name}: the request lacks ${header}`);
  if (!operation.body) return found;
  const body: unknown = await request.clone().json().catch(() => undefined);
  const refused = complaints(operation.body, body);
  return refused ? [...found, `${name}: request ${refused}`] : found;
}

/** What an answer breaks: a status that is not documented, a body that the schema refuses. */
export async function checkResponse(request: Request, response: Response): Promise<string[]> {
  const name = `${request.method} ${new URL(request.url).pathname} ${response.status}`;
  const operation = operationFor(request.method, request.url);
  if (!operation || Object.keys(operation.answers).length === 0) return [];
  const code = [String(response.status), `${String(response.status)[0]}XX`, "default"].find((key) => key in operation.answers);
  if (!code) return [`${name}: this status is not in the contract`];
  const schema = operation.answers[code];
  if (!schema) return [];
  const refused = complaints(schema, await response.clone().json().catch(() => undefined));
  return refused ? [`${name}: answer ${refused}`] : [];
}

const violations: string[] = [];
export const addViolations = (found: string[]): number => violations.push(...found);
/** Takes the violations seen so far, so that a test of a broken contract can assert them. */
export const takeViolations = (): string[] => violations.splice(0);

export const tenantHeader = platform.tenantHeader;
