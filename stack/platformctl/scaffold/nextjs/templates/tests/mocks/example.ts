import { resolved } from "./contract";

type Json = { [key: string]: unknown };
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

// No two things that are made have the same id: a list of them is one that React can tell apart.
let made = 0;

const text = (schema: Json, name: string, tenant: string): string => {
  if (/^(id|uuid)$/i.test(name)) made += 1;
  switch (schema.format) {
    case "date":
      return "2030-01-01";
    case "date-time":
      return "2030-01-01T00:00:00Z";
    case "uuid":
      return `00000000-0000-4000-8000-${String(made).padStart(12, "0")}`;
    case "email":
      return "sample@example.test";
    case "uri":
    case "url":
      return "https://example.test/";
    default: {
      const value = `${name}${/^id$/i.test(name) ? ` ${made}` : ""} of ${tenant}`;
      return value.slice(0, typeof schema.maxLength === "number" ? schema.maxLength : undefined);
    }
  }
};

/** A value that a schema accepts. Texts name the tenant, so that one tenant's data shows where it does not belong. */
export function example(given: unknown, tenant: string, name = "sample", depth = 0): unknown {
  const schema = resolved(given);
  if (!isObject(schema) || depth > 8) return null;
  if ("const" in schema) return schema.const;
  if ("example" in schema) return schema.example;
  if ("default" in schema) return schema.default;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const choice = list(schema.oneOf)[0] ?? list(schema.anyOf)[0];
  if (choice) return example(choice, tenant, name, depth + 1);
  if (Array.isArray(schema.allOf)) {
    return Object.assign({}, ...schema.allOf.map((part) => example(part, tenant, name, depth + 1)));
  }
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== "null") : schema.type;
  switch (type ?? (schema.properties ? "object" : "string")) {
    case "array":
      return Array.from({ length: Math.max(1, Number(schema.minItems ?? 1)) }, (_, index) =>
        example(schema.items, tenant, `${name} ${index + 1}`, depth + 1),
      );
    case "object":
      return Object.fromEntries(
        Object.entries(isObject(schema.properties) ? schema.properties : {}).map(([key, part]) => [key, example(part, tenant, key, depth + 1)]),
      );
    case "integer":
    case "number":
      return Number(schema.minimum ?? 1);
    case "boolean":
      return true;
    default:
      return text(schema, name, tenant);
  }
}
