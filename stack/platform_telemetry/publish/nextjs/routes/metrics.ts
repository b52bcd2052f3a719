/** What Prometheus scrapes. It names tenants: with TELEMETRY_METRICS_TOKEN set, only who knows it may read. */
import { exposition } from "[[ up ]]platform-telemetry/metrics";

export const dynamic = "force-dynamic";

export async function GET(request: Request): Promise<Response> {
  const token = process.env.TELEMETRY_METRICS_TOKEN;
  if (token && request.headers.get("authorization") !== `Bearer ${token}`) {
    return new Response(null, { status: 401 });
  }
  const { text, contentType } = await exposition();
  return new Response(text, { headers: { "content-type": contentType, "cache-control": "no-store" } });
}
