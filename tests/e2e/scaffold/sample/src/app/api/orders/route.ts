import { NextResponse, type NextRequest } from "next/server";
import { problem, sessionOf } from "@/lib/server";
import { ordersOf, placeOrder } from "@/lib/store";

export function GET(request: NextRequest): NextResponse {
  const session = sessionOf(request);
  return session ? NextResponse.json(ordersOf(session.tenant.id)) : problem(401, "No session for this tenant");
}

export async function POST(request: NextRequest): Promise<NextResponse> {
  const session = sessionOf(request);
  if (!session) return problem(401, "No session for this tenant");
  const { summary, total } = (await request.json().catch(() => ({}))) as { summary?: unknown; total?: unknown };
  if (typeof summary !== "string" || !summary || typeof total !== "number" || total < 0) return problem(400, "No such order");
  return NextResponse.json(placeOrder(session.tenant.id, summary, total), { status: 201 });
}
