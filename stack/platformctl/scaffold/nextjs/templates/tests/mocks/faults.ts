import { delay, http, HttpResponse, type HttpHandler } from "msw";
import { platform } from "../platform";

const anyApi = platform.apiPattern;
// Marks an answer that breaks the contract on purpose.
const headers = { "x-mock-fault": "1" };

/** Ways in which a server disappoints, each a handler for server.use(). */
export const faults = {
  error: (status = 500): HttpHandler => http.all(anyApi, () => HttpResponse.json({ error: "fault" }, { status, headers })),
  /** Over the limit of its tier, as the platform's limiter says it. */
  rateLimited: (retryAfterS = 1): HttpHandler =>
    http.all(anyApi, () => HttpResponse.json({ error: "rate limited" }, { status: 429, headers: { ...headers, "Retry-After": String(retryAfterS) } })),
  /** Fails some times, then works: what an automatic retry must get over. */
  flaky: (times = 1): HttpHandler => {
    let left = times;
    return http.all(anyApi, () => {
      left -= 1;
      return left >= 0 ? HttpResponse.json({ error: "fault" }, { status: 503, headers }) : undefined;
    });
  },
  offline: (): HttpHandler => http.all(anyApi, () => HttpResponse.error()),
  malformed: (): HttpHandler => http.all(anyApi, () => new HttpResponse("{ not json", { headers: { ...headers, "Content-Type": "application/json" } })),
  empty: (): HttpHandler => http.all(anyApi, () => HttpResponse.json([], { headers })),
  slow: (ms = 200): HttpHandler =>
    http.all(anyApi, async () => {
      await delay(ms);
      return undefined;
    }),
  /** Never answers: what a timeout must end. */
  silent: (): HttpHandler =>
    http.all(anyApi, async () => {
      await delay("infinite");
      return HttpResponse.error();
    }),
} as const;
