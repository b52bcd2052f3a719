/** Telemetry of the browser: errors at once, Web Vitals once the page has come to rest. */
import { pageShown, watchErrors } from "./platform-telemetry/browser";

watchErrors();
pageShown(location.pathname);

function watchVitals(): void {
  import("./platform-telemetry/vitals").then((vitals) => vitals.watch()).catch(() => undefined);
}

if (document.readyState === "complete") setTimeout(watchVitals, 0);
else addEventListener("load", () => setTimeout(watchVitals, 0), { once: true });

export function onRouterTransitionStart(url: string): void {
  pageShown(new URL(url, location.href).pathname);
}
