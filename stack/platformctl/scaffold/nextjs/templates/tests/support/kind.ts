/**
 * The kind of a value: words that tell states apart stay, texts and numbers only count as such. Two values are of a
 * kind when a person would say that the same happened.
 */
export function kindOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(kindOf);
  if (value instanceof Error) return "error";
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, kindOf(part)]));
  if (typeof value === "string") return /^[a-z-]{2,20}$/.test(value) ? value : value && "text";
  return typeof value === "number" ? "number" : value;
}
