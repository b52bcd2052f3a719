/** Spans of the server: Next.js makes them, TELEMETRY_TRACES says where they go. Without it nothing is loaded. */
import { context, propagation } from "@opentelemetry/api";

export async function startTracing(): Promise<void> {
  const endpoint = process.env.TELEMETRY_TRACES;
  if (!endpoint) return;
  const [sdk, exporter, resources] = await Promise.all([
    import("@opentelemetry/sdk-trace-node"),
    import("@opentelemetry/exporter-trace-otlp-proto"),
    import("@opentelemetry/resources"),
  ]);
  const ratio = Number(process.env.TELEMETRY_TRACE_RATIO ?? "1");
  const url = `${endpoint.replace(/\/$/, "")}/v1/traces`;
  const provider = new sdk.NodeTracerProvider({
    resource: resources.resourceFromAttributes({ "service.name": process.env.TELEMETRY_SERVICE ?? "[[ service ]]" }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [
      new sdk.BatchSpanProcessor(new exporter.OTLPTraceExporter({ url }), { scheduledDelayMillis: 1000 }),
    ],
  });
  provider.register();
}

/** Headers of a call to a service, with which its spans become part of this request's trace. */
export function traceHeaders(headers: Record<string, string> = {}): Record<string, string> {
  const carried = { ...headers };
  propagation.inject(context.active(), carried);
  return carried;
}
