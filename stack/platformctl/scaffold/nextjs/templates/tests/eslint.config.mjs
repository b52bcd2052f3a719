// The lint of the tests themselves; the application's own configuration leaves this folder alone.
import jestDom from "eslint-plugin-jest-dom";
import playwright from "eslint-plugin-playwright";
import testingLibrary from "eslint-plugin-testing-library";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["**/reports/**", "**/*.platformctl-*", "**/*.orig"] },
  ...tseslint.configs.strict,
  { rules: { "@typescript-eslint/no-empty-function": "off", "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }] } },
  { ...testingLibrary.configs["flat/react"], files: ["**/unit/**"] },
  { ...jestDom.configs["flat/recommended"], files: ["**/unit/**"] },
  { ...playwright.configs["flat/recommended"], files: ["**/e2e/**/*.e2e.ts"] },
  {
    // A skip carries its reason here, and a gate asserts for the test that it is around.
    files: ["**/e2e/**/*.e2e.ts"],
    rules: {
      "playwright/expect-expect": ["error", { assertFunctionNames: ["gated"] }],
      "playwright/no-skipped-test": "off",
      "playwright/no-conditional-in-test": "off",
      "playwright/consistent-spacing-between-blocks": "off",
    },
  },
  {
    // Generated tests hold components by their container: they can't know the roles in it.
    files: ["**/unit/**"],
    rules: { "testing-library/no-container": "off", "testing-library/no-node-access": "off", "testing-library/render-result-naming-convention": "off" },
  },
);
