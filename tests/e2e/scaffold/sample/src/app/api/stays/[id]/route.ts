import { NextResponse, type NextRequest } from "next/server";
import { forTenant, problem } from "@/lib/server";
import { cancelStay } from "@/lib/stays";

export const DELETE = (request: NextRequest, { params }: { params: Promise<{ id: string }> }) =>
  forTenant(request, async ({ tenant }) =>
    cancelStay(tenant.id, (await params).id) ? new NextResponse(null, { status: 204 }) : problem(404, "No such stay"),
  );
