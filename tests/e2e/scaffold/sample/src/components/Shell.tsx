import { cookies } from "next/headers";
import Link from "next/link";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { TenantBadge } from "@/components/TenantBadge";
import { openSession, SESSION_COOKIE } from "@/lib/session";
import { TenantProvider } from "@/lib/tenant-context";

/** The frame of every page behind the login. */
export async function Shell({ title, children }: { title: string; children: ReactNode }) {
  const session = openSession((await cookies()).get(SESSION_COOKIE)?.value);
  if (!session) redirect("/login");
  return (
    <TenantProvider tenant={session.tenant} role={session.role}>
      <nav aria-label="Main">
        <Link href="/">Home</Link>
        <Link href={`/${session.tenant.vertical}`}>Order</Link>
      </nav>
      <main>
        <TenantBadge />
        <h1>{title}</h1>
        {children}
      </main>
    </TenantProvider>
  );
}
