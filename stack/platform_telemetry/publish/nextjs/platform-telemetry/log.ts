/** JSON lines on stdout, with the trace that is current; fields are named as in the services' logs. */
import { trace } from "@opentelemetry/api";

type Fields = Record<string, string | number | boolean | undefined>;

export async function log(level: "info" | "warning" | "error", event: string, fields: Fields = {}): Promise<void> {
  const traceId = trace.getActiveSpan()?.spanContext().traceId;
  const service = process.env.TELEMETRY_SERVICE ?? "[[ service ]]";
  const line = { ...fields, event, level, service, trace_id: traceId, timestamp: new Date().toISOString() };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
