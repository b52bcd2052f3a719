import "server-only";
import { env } from "./env";

export async function findProducts(tenantId: string) {
  return [{ id: "1", tenantId, name: `Product of ${tenantId}`, url: env.databaseUrl, cents: 1999 }];
}
