import { NextResponse, type NextRequest } from "next/server";
import { problem, sessionOf } from "@/lib/server";

export function GET(request: NextRequest): NextResponse {
  const session = sessionOf(request);
  if (!session) return problem(401, "No session for this tenant");
  const { id, name } = session.tenant;
  return NextResponse.json([{ id: `${id}-1`, name: `Favourite of ${name}`, price: 10 }]);
}
