import type { NextRequest } from "next/server";
import { bodyOf, forTenant, made } from "@/lib/server";
import { bookStay, staysOf } from "@/lib/stays";

export const GET = (request: NextRequest) => forTenant(request, ({ tenant }) => staysOf(tenant.id));

export const POST = (request: NextRequest) => forTenant(request, async ({ tenant }) => made(bookStay(tenant.id, await bodyOf(request))));
