import { table } from "./rows";

export interface Product {
  id: string;
  name: string;
  price: number;
}

export interface BasketLine {
  product: string;
  quantity: number;
}

export interface NewCheckout {
  lines: BasketLine[];
  postcode: string;
  coupon?: string;
  giftWrap?: boolean;
}

export interface Receipt {
  id: string;
  total: number;
}

export const PRODUCTS: readonly Product[] = [
  { id: "mug", name: "Mug", price: 15 },
  { id: "plate", name: "Plate", price: 20 },
];
const WRAPPING = 3;
const DELIVERY = 5;
const FREE_DELIVERY_FROM = 50;
const COUPONS: Readonly<Record<string, number>> = { TEN: 0.1 };
const receipts = table<{ total: number }>("receipt");

const priceOf = (id: string): number => PRODUCTS.find((product) => product.id === id)?.price ?? Number.NaN;
export const sumOf = (lines: readonly BasketLine[]): number => lines.reduce((sum, { product, quantity }) => sum + priceOf(product) * quantity, 0);

export function checkOut(tenantId: string, { lines = [], postcode, coupon, giftWrap }: Partial<NewCheckout>): Receipt | string {
  const goods = sumOf(lines);
  if (!(goods > 0)) return "The basket is empty";
  if (!/^\d{4,5}$/.test(postcode ?? "")) return "The postcode is not one";
  if (coupon && !Object.hasOwn(COUPONS, coupon)) return "There is no such coupon";
  const reduced = goods * (1 - (coupon ? (COUPONS[coupon] ?? 0) : 0));
  const delivery = reduced >= FREE_DELIVERY_FROM ? 0 : DELIVERY;
  return receipts.add(tenantId, { total: reduced + delivery + (giftWrap ? WRAPPING : 0) });
}
