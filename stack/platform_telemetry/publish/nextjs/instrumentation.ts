/** Telemetry of the server: it starts with the process. Laid down by `platformctl instrument nextjs`. */
import type { Instrumentation } from "next";

export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { startTracing } = await import("./platform-telemetry/tracing");
    await startTracing();
  }
}

export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { log } = await import("./platform-telemetry/log");
    const message = error instanceof Error ? error.message : String(error);
    await log("error", "request failed", { error: message, method: request.method, route: context.routePath });
  }
};
