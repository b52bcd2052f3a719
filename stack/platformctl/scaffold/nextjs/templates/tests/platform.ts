import data from "./platform.config.json";

/** What platformctl found in the application. */
export interface Platform {
  app: string;
  next: number;
  suffix: string;
  e2eSuffix: string;
  tenantHeader: string | null;
  sessionCookie: string | null;
  apiPattern: string;
  apiRoutes: readonly { path: string; methods: readonly string[]; file: string }[];
  pages: readonly string[];
  signInPage: string | null;
  health: string | null;
  metrics: string | null;
  start: string;
  output: string | null;
  basePath: string;
}

export const platform: Platform = data;
