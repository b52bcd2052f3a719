export type Vertical = "hotels" | "cinemas" | "gyms" | "b2b" | "retail";
export type Tier = "free" | "pro" | "enterprise";
export type Role = "viewer" | "member" | "admin";

export interface Tenant {
  id: string;
  name: string;
  vertical: Vertical;
  tier: Tier;
  flags: Record<string, boolean>;
}

const tenant = (id: string, name: string, vertical: Vertical, tier: Tier, flags: Record<string, boolean> = {}): Tenant => ({
  id,
  name,
  vertical,
  tier,
  flags,
});

export const TENANTS: readonly Tenant[] = [
  tenant("sea-view", "Sea View Hotels", "hotels", "enterprise"),
  tenant("alpine", "Alpine Rooms", "hotels", "free"),
  tenant("odeon", "Odeon Central", "cinemas", "pro"),
  tenant("iron-hall", "Iron Hall Gym", "gyms", "pro"),
  tenant("bolt-supply", "Bolt Supply", "b2b", "enterprise"),
  tenant("nut-trade", "Nut Trade", "b2b", "pro"),
  tenant("corner-shop", "Corner Shop", "retail", "pro", { giftWrap: true }),
  tenant("plain-shop", "Plain Shop", "retail", "free"),
];

export const findTenant = (id: string | null): Tenant | undefined => TENANTS.find((known) => known.id === id);
