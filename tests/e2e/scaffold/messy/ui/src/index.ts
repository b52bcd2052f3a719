export * from "./badge";
export { cn } from "./cn";
export * from "./kinds";
