import { NextResponse, type NextRequest } from "next/server";
import { findProducts } from "@/lib/db";

export const dynamic = "force-dynamic";

export async function GET(request: NextRequest) {
  const tenant = request.headers.get("x-org-id");
  if (!tenant) return NextResponse.json({ error: "No organisation" }, { status: 401 });
  return NextResponse.json(await findProducts(tenant));
}
