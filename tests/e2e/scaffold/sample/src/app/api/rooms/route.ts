import type { NextRequest } from "next/server";
import { forTenant } from "@/lib/server";
import { ROOMS } from "@/lib/stays";

export const GET = (request: NextRequest) => forTenant(request, () => ROOMS);
