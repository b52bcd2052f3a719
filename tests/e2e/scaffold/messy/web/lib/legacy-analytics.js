export function track(event, details) {
  if (typeof window !== "undefined" && window.analytics) window.analytics.push({ event, details });
}
