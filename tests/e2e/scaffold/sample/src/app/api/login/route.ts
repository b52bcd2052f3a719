import { NextResponse, type NextRequest } from "next/server";
import { problem } from "@/lib/server";
import { sealSession, SESSION_COOKIE } from "@/lib/session";
import { findTenant, type Role } from "@/lib/tenants";

const ROLES: readonly string[] = ["viewer", "member", "admin"] satisfies Role[];

/** Users are called role@tenant here; a real application asks its identity provider. */
export async function POST(request: NextRequest): Promise<NextResponse> {
  const body = (await request.json().catch(() => ({}))) as { user?: string; password?: string };
  const [role = "", tenantId = ""] = (body.user ?? "").split("@");
  const known = ROLES.includes(role) && findTenant(tenantId) && body.password === (process.env.DEMO_PASSWORD ?? "demo");
  if (!known) return problem(401, "Unknown user or password");
  const response = NextResponse.json({ tenant: tenantId });
  response.cookies.set(SESSION_COOKIE, sealSession(tenantId, role as Role), { httpOnly: true, sameSite: "lax", path: "/" });
  return response;
}
