import "@testing-library/jest-dom";
import { cleanup, configure } from "@testing-library/react";
import { toHaveNoViolations } from "jest-axe";
import { takeViolations } from "../mocks/contract";
import { server } from "../mocks/server";
import { resetNavigation } from "../support/navigation";
import { mode, report } from "../support/gates";
import { toShowNothingOf } from "../support/isolation";

expect.extend(toHaveNoViolations);
expect.extend({ toShowNothingOf });
configure({ asyncUtilTimeout: 3000 });

jest.mock("next/navigation", () => ({
  ...jest.requireActual<object>("next/navigation"),
  ...jest.requireActual<object>("../support/navigation"),
}));
jest.mock("next/headers", () => jest.requireActual<object>("../support/server-context"));
jest.mock("next/cache", () => jest.requireActual<object>("../support/server-context"));

const complaints: string[] = [];
let quiet: jest.SpyInstance | undefined;

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterAll(() => server.close());

beforeEach(() => {
  complaints.length = 0;
  quiet = jest.spyOn(console, "error").mockImplementation((...parts: unknown[]) => {
    const text = parts.map(String).join(" ");
    // jsdom has no navigation and no canvas; a component that uses them is not wrong for it.
    if (!/Not implemented: (navigation|HTMLCanvasElement)/.test(text)) complaints.push(text.slice(0, 600));
  });
});

afterEach(() => {
  cleanup();
  server.resetHandlers();
  resetNavigation();
  quiet?.mockRestore();
  if (typeof window !== "undefined") {
    window.localStorage.clear();
    window.sessionStorage.clear();
  }
  const broken = takeViolations();
  if (broken.length > 0 && mode("contract") !== "off") report("contract", broken.join("\n"));
  if (complaints.length > 0 && mode("console") !== "off") report("console", complaints.join("\n"));
});

if (typeof window !== "undefined") {
  class Observer {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
    takeRecords(): [] {
      return [];
    }
  }
  Object.assign(window, { ResizeObserver: Observer, IntersectionObserver: Observer, scrollTo: () => {} });
  Element.prototype.scrollIntoView = () => {};
}
