import type { NextRequest } from "next/server";
import { approveOrder } from "@/lib/purchase-orders";
import { forTenant, problem } from "@/lib/server";

export const POST = (request: NextRequest, { params }: { params: Promise<{ id: string }> }) =>
  forTenant(request, async ({ tenant, role }) => {
    if (role !== "admin") return problem(403, "Only an administrator approves orders");
    return approveOrder(tenant.id, (await params).id) ?? problem(404, "No such order");
  });
