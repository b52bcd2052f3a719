import { createHmac, timingSafeEqual } from "node:crypto";
import { findTenant, type Role, type Tenant } from "./tenants";

export const SESSION_COOKIE = "session";
const ROLES: readonly string[] = ["viewer", "member", "admin"] satisfies Role[];

export interface Session {
  tenant: Tenant;
  role: Role;
}

const secret = (): string => process.env.SESSION_SECRET ?? "only-for-local-use";
const sign = (text: string): string => createHmac("sha256", secret()).update(text).digest("hex");

export function sealSession(tenantId: string, role: Role): string {
  const text = `${tenantId}.${role}`;
  return `${text}.${sign(text)}`;
}

export function openSession(value: string | undefined): Session | null {
  const [tenantId, role, signature] = (value ?? "").split(".");
  if (!tenantId || !role || !signature || !ROLES.includes(role)) return null;
  const expected = Buffer.from(sign(`${tenantId}.${role}`));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const tenant = findTenant(tenantId);
  return tenant ? { tenant, role: role as Role } : null;
}
