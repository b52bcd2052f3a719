import { NextResponse, type NextRequest } from "next/server";
import { problem, sessionOf } from "@/lib/server";
import { orderOf } from "@/lib/store";

export async function GET(request: NextRequest, { params }: { params: Promise<{ id: string }> }): Promise<NextResponse> {
  const session = sessionOf(request);
  if (!session) return problem(401, "No session for this tenant");
  const order = orderOf(session.tenant.id, (await params).id);
  return order ? NextResponse.json(order) : problem(404, "No such order");
}
