import type { NextRequest } from "next/server";
import { checkOut } from "@/lib/basket";
import { bodyOf, forTenant, made } from "@/lib/server";

export const POST = (request: NextRequest) => forTenant(request, async ({ tenant }) => made(checkOut(tenant.id, await bodyOf(request))));
