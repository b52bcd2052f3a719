import { NextResponse, type NextRequest } from "next/server";
import { forTenant, problem } from "@/lib/server";
import { cancelStay, stayOf } from "@/lib/stays";

export const GET = (request: NextRequest, { params }: { params: Promise<{ id: string }> }) =>
  forTenant(request, async ({ tenant }) => stayOf(tenant.id, (await params).id) ?? problem(404, "No such stay"));

export const DELETE = (request: NextRequest, { params }: { params: Promise<{ id: string }> }) =>
  forTenant(request, async ({ tenant }) =>
    cancelStay(tenant.id, (await params).id) ? new NextResponse(null, { status: 204 }) : problem(404, "No such stay"),
  );
