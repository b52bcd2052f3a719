/** What the browser reports, gathered and sent in one small request when the page is hidden. */
export type Report =
  | { kind: "view"; path: string }
  | { kind: "vital"; path: string; name: string; value: number }
  | { kind: "error"; path: string; type: "error" | "rejection"; message: string };

const BEACON = "[[ base_path ]]/api/platform-telemetry/beacon";
const MOST_WAITING = 20;
const MOST_ERRORS = 5;
let waiting: Report[] = [];
let errors = 0;

export function report(one: Report): void {
  waiting.push(one);
  if (waiting.length >= MOST_WAITING) send();
}

export function pageShown(path: string): void {
  report({ kind: "view", path });
}

/** At most a few a page: an error in a loop would otherwise flood the server. */
export function watchErrors(): void {
  const noted = (type: "error" | "rejection", message: unknown) => {
    if (errors++ < MOST_ERRORS) {
      report({ kind: "error", path: location.pathname, type, message: String(message).slice(0, 200) });
    }
  };
  addEventListener("error", (event) => noted("error", event.message));
  addEventListener("unhandledrejection", (event) => noted("rejection", event.reason));
  addEventListener("visibilitychange", () => document.visibilityState === "hidden" && send());
  addEventListener("pagehide", send);
}

function send(): void {
  if (waiting.length === 0) return;
  const body = JSON.stringify({ reports: waiting });
  waiting = [];
  const sent = navigator.sendBeacon?.(BEACON, new Blob([body], { type: "application/json" }));
  if (!sent) {
    void fetch(BEACON, { method: "POST", body, keepalive: true, headers: { "content-type": "application/json" } }).catch(
      () => undefined,
    );
  }
}
