/** Takes the browser's reports. */
import { parse, take } from "[[ up ]]platform-telemetry/beacon";
import { tenantOf } from "[[ up ]]platform-telemetry/tenant";

export const dynamic = "force-dynamic";
const MOST_BYTES = 16_384;

export async function POST(request: Request): Promise<Response> {
  const from = request.headers.get("sec-fetch-site");
  if (from !== null && from !== "same-origin") return new Response(null, { status: 403 });
  if (!request.headers.get("content-type")?.startsWith("application/json")) return new Response(null, { status: 415 });
  const body = await readUpTo(request, MOST_BYTES);
  if (body === null) return new Response(null, { status: 413 });
  const reports = parse(body);
  if (reports === null) return new Response(null, { status: 400 });
  await take(reports, await tenantOf(request));
  return new Response(null, { status: 204 });
}

async function readUpTo(request: Request, most: number): Promise<string | null> {
  const reader = request.body?.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    size += next.value.byteLength;
    if (size > most) {
      await reader?.cancel();
      return null;
    }
    parts.push(next.value);
  }
  return Buffer.concat(parts).toString("utf8");
}
