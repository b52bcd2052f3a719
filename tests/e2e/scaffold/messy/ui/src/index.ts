export * from "./badge";
export { cn } from "./cn";
