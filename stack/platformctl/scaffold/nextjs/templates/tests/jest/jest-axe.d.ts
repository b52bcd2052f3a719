// @types/jest-axe drags in another axe-core.
declare module "jest-axe" {
  type AxeResults = import("axe-core").AxeResults;
  export const toHaveNoViolations: { toHaveNoViolations(results: AxeResults): { pass: boolean; message(): string } };
  export function configureAxe(options: object): (html: Element | string) => Promise<AxeResults>;
}
