import type { NextRequest } from "next/server";
import { orderOf } from "@/lib/purchase-orders";
import { forTenant, problem } from "@/lib/server";

export const GET = (request: NextRequest, { params }: { params: Promise<{ id: string }> }) =>
  forTenant(request, async ({ tenant }) => orderOf(tenant.id, (await params).id) ?? problem(404, "No such order"));
