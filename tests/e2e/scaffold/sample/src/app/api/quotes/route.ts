import type { NextRequest } from "next/server";
import { quote, type NewPurchaseOrder } from "@/lib/purchase-orders";
import { bodyOf, forTenant, problem } from "@/lib/server";

export const POST = (request: NextRequest) =>
  forTenant(request, async () => {
    const { lines = "" } = await bodyOf<NewPurchaseOrder>(request);
    return quote(lines) ?? problem(400, "There is nothing to quote");
  });
