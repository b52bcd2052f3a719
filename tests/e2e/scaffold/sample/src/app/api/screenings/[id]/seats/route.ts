import type { NextRequest } from "next/server";
import { seatsOf } from "@/lib/seats";
import { forTenant, problem } from "@/lib/server";

export const GET = (request: NextRequest, { params }: { params: Promise<{ id: string }> }) =>
  forTenant(request, async () => seatsOf((await params).id) ?? problem(404, "No such screening"));
