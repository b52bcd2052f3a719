export * from "./button";
export * from "./card";
export { List } from "./list";
