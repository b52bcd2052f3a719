import type { NextRequest } from "next/server";
import { ordersOf, requestOrder } from "@/lib/purchase-orders";
import { bodyOf, forTenant, made, problem } from "@/lib/server";

export const GET = (request: NextRequest) => forTenant(request, ({ tenant }) => ordersOf(tenant.id));

export const POST = (request: NextRequest) =>
  forTenant(request, async ({ tenant, role }) => {
    if (role === "viewer") return problem(403, "Viewers do not order");
    return made(requestOrder(tenant.id, await bodyOf(request)) ?? "No such order");
  });
