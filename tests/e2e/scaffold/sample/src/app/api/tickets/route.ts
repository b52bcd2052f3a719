import type { NextRequest } from "next/server";
import { buySeats } from "@/lib/seats";
import { bodyOf, forTenant, made } from "@/lib/server";

interface NewTicket {
  screening: string;
  seats: string[];
}

export const POST = (request: NextRequest) =>
  forTenant(request, async ({ tenant }) => {
    const { screening = "", seats = [] } = await bodyOf<NewTicket>(request);
    return made(buySeats(tenant.id, screening, seats));
  });
