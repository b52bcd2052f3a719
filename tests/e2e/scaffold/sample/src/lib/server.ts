import { NextResponse, type NextRequest } from "next/server";
import { openSession, SESSION_COOKIE, type Session } from "./session";

export const TENANT_HEADER = "X-Tenant-ID";

export const problem = (status: number, error: string): NextResponse => NextResponse.json({ error }, { status });

/** The session, if its tenant is the one that the request names. */
export function sessionOf(request: NextRequest): Session | null {
  const session = openSession(request.cookies.get(SESSION_COOKIE)?.value);
  return session && session.tenant.id === request.headers.get(TENANT_HEADER) ? session : null;
}

type Answer = (session: Session) => unknown;

/** Answers a signed-in request with JSON, and anybody else with 401. */
export async function forTenant(request: NextRequest, answer: Answer): Promise<NextResponse> {
  const session = sessionOf(request);
  if (!session) return problem(401, "No session for this tenant");
  const given = await answer(session);
  return given instanceof NextResponse ? given : NextResponse.json(given);
}

/** What was made, or what is wrong with the request. */
export const made = (result: object | string): NextResponse =>
  typeof result === "string" ? problem(400, result) : NextResponse.json(result, { status: 201 });

/** The body of a request; an empty object when it is not JSON. */
export const bodyOf = async <Body extends object>(request: NextRequest): Promise<Partial<Body>> =>
  (await request.json().catch(() => ({}))) as Partial<Body>;
