export * from "./provider";
export { locales, type Locale } from "./config";
