import { table } from "./rows";

export const PLANS = { monthly: 39, yearly: 390 };
export type PlanName = keyof typeof PLANS;

export interface Membership {
  id: string;
  plan: PlanName;
  start: string;
  price: number;
}

const memberships = table<Omit<Membership, "id">>("member");
export const isPlan = (name: unknown): name is PlanName => typeof name === "string" && Object.hasOwn(PLANS, name);

export const addMember = (tenantId: string, plan: PlanName, start: string): Membership =>
  memberships.add(tenantId, { plan, start, price: PLANS[plan] });
