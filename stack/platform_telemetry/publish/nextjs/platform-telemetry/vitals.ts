/** Core Web Vitals; a chunk of its own, fetched after the page has loaded. */
import { onCLS, onFCP, onINP, onLCP, onTTFB } from "web-vitals";
import { report } from "./browser";

export function watch(): void {
  const path = location.pathname;
  for (const on of [onCLS, onFCP, onINP, onLCP, onTTFB]) {
    on((metric: { name: string; value: number }) =>
      report({ kind: "vital", path, name: metric.name, value: metric.value }),
    );
  }
}
