/** The running sample, described as its owner would. */
import { tenantOf } from "../tenants";
import type { RunningApp } from "./types";

export const seaView = tenantOf("hotels", { id: "sea-view", name: "Sea View Hotels" });
export const alpine = tenantOf("hotels", { id: "alpine", name: "Alpine Rooms" });
export const odeon = tenantOf("cinemas", { id: "odeon", name: "Odeon Central" });
export const ironHall = tenantOf("gyms", { id: "iron-hall", name: "Iron Hall Gym" });
export const boltSupply = tenantOf("b2b", { id: "bolt-supply", name: "Bolt Supply" });
export const nutTrade = tenantOf("b2b", { id: "nut-trade", name: "Nut Trade" });
export const cornerShop = tenantOf("retail", { id: "corner-shop", name: "Corner Shop", flags: { giftWrap: true } });
export const plainShop = tenantOf("retail", { id: "plain-shop", name: "Plain Shop" });

export const app: RunningApp = {
  tenants: [seaView, alpine, odeon, ironHall, boltSupply, nutTrade, cornerShop, plainShop],
  roles: ["viewer", "member", "admin"],
  signIn: async (request, tenant, role) => {
    const response = await request.post("/api/login", { data: { user: `${role}@${tenant.id}`, password: "demo" } });
    if (!response.ok()) throw new Error(`sign-in of ${role}@${tenant.id}: ${response.status()}`);
  },
  pagesOf: (tenant) => ["/", `/${tenant.vertical}`],
  flags: [{ flag: "giftWrap", on: cornerShop, off: plainShop, path: "/retail", shows: (page) => page.getByLabel("Gift wrap") }],
  resources: [
    {
      name: "a stay",
      create: async (request, tenant) => {
        const data = { room: "single", from: "2031-01-01", to: "2031-01-03", guest: "private" };
        const response = await request.post("/api/stays", { data, headers: { "X-Tenant-ID": tenant.id } });
        const { id } = (await response.json()) as { id: string };
        return `/api/stays/${id}`;
      },
    },
    {
      name: "an order",
      create: async (request, tenant) => {
        const response = await request.post("/api/purchase-orders", { data: { number: "private", lines: "1 x bolt" }, headers: { "X-Tenant-ID": tenant.id } });
        const { id } = (await response.json()) as { id: string };
        return `/api/purchase-orders/${id}`;
      },
    },
  ],
  redirects: [
    {
      path: "/login?next={to}",
      follow: async (page) => {
        await page.getByLabel("User").fill("member@sea-view");
        await page.getByLabel("Password").fill("demo");
        await page.getByRole("button", { name: "Sign in" }).click();
        await page.waitForURL((url) => !url.pathname.startsWith("/login"));
      },
    },
  ],
  masked: () => [],
};
