/**
 * What only you know about the running application. This file is yours: platformctl writes it once.
 * A test whose part is missing here is skipped and says which part it needs.
 */
import type { RunningApp } from "./types";

export const app: RunningApp = {
  tenants: [],
  roles: ["member"],
  signIn: undefined,
  flags: [],
  resources: [],
  redirects: [],
  masked: (page) => [page.locator("[data-visual-mask], time, video, iframe")],
};
