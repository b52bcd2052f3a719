import { configureAxe } from "jest-axe";
import { gated } from "./gates";

// Colours need a layout, which jsdom has not: the browser tests check them. A component is not a page.
const axe = configureAxe({ rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });

/** No accessibility rule is broken below the element (gate "a11y"). */
export async function expectAccessible(element: Element): Promise<void> {
  const results = await axe(element);
  await gated("a11y", () => expect(results).toHaveNoViolations());
}
