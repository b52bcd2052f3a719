import { NextResponse, type NextRequest } from "next/server";
import { openSession, SESSION_COOKIE, type Session } from "./session";

export const TENANT_HEADER = "X-Tenant-ID";

export const problem = (status: number, error: string): NextResponse => NextResponse.json({ error }, { status });

/** The session, if its tenant is the one that the request names. */
export function sessionOf(request: NextRequest): Session | null {
  const session = openSession(request.cookies.get(SESSION_COOKIE)?.value);
  return session && session.tenant.id === request.headers.get(TENANT_HEADER) ? session : null;
}
