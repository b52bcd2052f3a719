import type { NextRequest } from "next/server";
import { forTenant } from "@/lib/server";

export const GET = (request: NextRequest) =>
  forTenant(request, ({ tenant: { id, name } }) => [{ id: `${id}-1`, name: `Favourite of ${name}`, price: 10 }]);
