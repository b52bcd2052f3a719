import { existsSync } from "node:fs";
import { chromium, firefox, webkit, type Project } from "@playwright/test";

export type BrowserId = "chrome" | "firefox" | "webkit" | "edge";

export interface FoundBrowser {
  id: BrowserId;
  /** What really runs, or undefined when the machine has no such browser. */
  path?: string;
  use: NonNullable<Project["use"]>;
}

const EDGE = ["/opt/microsoft/msedge/msedge", "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge", "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe"];
const SYSTEM: Record<BrowserId, string[]> = {
  chrome: ["/usr/bin/google-chrome", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"],
  firefox: ["/usr/bin/firefox-esr", "/usr/bin/firefox"],
  webkit: [],
  edge: EDGE,
};
const OWN: Record<BrowserId, () => string | undefined> = {
  chrome: () => chromium.executablePath(),
  firefox: () => firefox.executablePath(),
  webkit: () => webkit.executablePath(),
  edge: () => undefined,
};

const own = (id: BrowserId): string | undefined => {
  try {
    const path = OWN[id]();
    return path && existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
};

/** Looks for a browser: PW_<ID>_PATH (or `none`), Playwright's own build, then the system's. Nothing stands in for another. */
export function findBrowser(id: BrowserId): FoundBrowser {
  const named = process.env[`PW_${id.toUpperCase()}_PATH`];
  const playwrights = named ? undefined : own(id);
  const path = named === "none" ? undefined : (named ?? playwrights ?? SYSTEM[id].find((candidate) => existsSync(candidate)));
  if (!path) {
    if (process.env.REQUIRE_ALL_BROWSERS || process.env.REQUIRE_BROWSER === id) throw new Error(`${id} is not installed here, and it is required`);
    return { id, use: {} };
  }
  if (id === "edge") return { id, path, use: { channel: "msedge" } };
  if (playwrights) return { id, path, use: {} };
  // A stock Firefox speaks WebDriver BiDi, not Playwright's own protocol.
  if (id === "firefox") return { id, path, use: { channel: "moz-firefox", launchOptions: { executablePath: path } } };
  return { id, path, use: { launchOptions: { executablePath: path } } };
}
