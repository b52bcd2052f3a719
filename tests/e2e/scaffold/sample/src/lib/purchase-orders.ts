import { table } from "./rows";

export interface Quote {
  pieces: number;
  total: number;
  needsApproval: boolean;
}

export interface NewPurchaseOrder {
  number: string;
  lines: string;
}

export interface PurchaseOrder extends NewPurchaseOrder {
  id: string;
  total: number;
  status: "ordered" | "awaiting approval" | "approved";
}

const PRICE = 4;
const APPROVAL_ABOVE = 300;
const orders = table<Omit<PurchaseOrder, "id">>("order");

const discountFor = (pieces: number): number => (pieces >= 100 ? 0.1 : 0);

/** Lines such as `40 x bolt`, one article each. */
const piecesIn = (lines: string): number =>
  lines
    .split("\n")
    .map((line) => Number(/^(\d+) x \w/.exec(line.trim())?.[1] ?? 0))
    .reduce((sum, count) => sum + count, 0);

export function quote(lines: string): Quote | undefined {
  const pieces = piecesIn(lines);
  const total = pieces * PRICE * (1 - discountFor(pieces));
  return pieces > 0 ? { pieces, total, needsApproval: total > APPROVAL_ABOVE } : undefined;
}

export function requestOrder(tenantId: string, { number, lines }: Partial<NewPurchaseOrder>): PurchaseOrder | undefined {
  const quoted = lines && number ? quote(lines) : undefined;
  if (!quoted || !number || !lines) return undefined;
  return orders.add(tenantId, { number, lines, total: quoted.total, status: quoted.needsApproval ? "awaiting approval" : "ordered" });
}

export const ordersOf = (tenantId: string): PurchaseOrder[] => orders.of(tenantId);
export const orderOf = (tenantId: string, id: string): PurchaseOrder | undefined => orders.find(tenantId, id);
export const approveOrder = (tenantId: string, id: string): PurchaseOrder | undefined => orders.change(tenantId, id, { status: "approved" });
