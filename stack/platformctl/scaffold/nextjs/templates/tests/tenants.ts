/** The tenants that tests speak of. This file is yours: name the tenants that exist in your test data. */

export type Vertical = "hotels" | "cinemas" | "gyms" | "b2b" | "retail";
export type Tier = "free" | "pro" | "enterprise";
export type Role = "viewer" | "member" | "admin";
export type Flags = Readonly<Record<string, boolean>>;

export interface AppTenant {
  id: string;
  name: string;
  vertical: Vertical;
  tier: Tier;
  flags: Flags;
}

export const VERTICALS: readonly Vertical[] = ["hotels", "cinemas", "gyms", "b2b", "retail"];
export const TIERS: readonly Tier[] = ["free", "pro", "enterprise"];
/** From the one that may least to the one that may most. */
export const ROLES: readonly Role[] = ["viewer", "member", "admin"];

/** A tenant of a vertical; every call without an id makes another one, so that tests don't share state. */
let made = 0;
export function tenantOf(vertical: Vertical, given: Partial<AppTenant> = {}): AppTenant {
  made += 1;
  const id = given.id ?? `${vertical}-${made}`;
  return { id, name: `Tenant ${id}`, vertical, tier: "pro", flags: {}, ...given };
}

export const hotel = (given?: Partial<AppTenant>): AppTenant => tenantOf("hotels", given);
export const cinema = (given?: Partial<AppTenant>): AppTenant => tenantOf("cinemas", given);
export const gym = (given?: Partial<AppTenant>): AppTenant => tenantOf("gyms", given);
export const wholesaler = (given?: Partial<AppTenant>): AppTenant => tenantOf("b2b", given);
export const shop = (given?: Partial<AppTenant>): AppTenant => tenantOf("retail", given);

/** One tenant of each vertical, for describe.each; the tiers alternate. */
export const everyVertical: readonly AppTenant[] = VERTICALS.map((vertical, index) =>
  tenantOf(vertical, { id: `sample-${vertical}`, tier: TIERS[index % TIERS.length] ?? "pro" }),
);
