import type { NewCheckout, Receipt } from "./basket";
import type { NewPurchaseOrder, PurchaseOrder, Quote } from "./purchase-orders";
import type { Seat, Ticket } from "./seats";
import type { NewStay, Room, Stay } from "./stays";

export interface Item {
  id: string;
  name: string;
  price: number;
}

async function call<T>(tenantId: string, path: string, init: RequestInit = {}): Promise<T> {
  const headers = { "Content-Type": "application/json", "X-Tenant-ID": tenantId };
  const response = await fetch(path, { ...init, headers });
  if (!response.ok) throw new Error(`The server answered ${response.status}`);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

const post = <T>(tenantId: string, path: string, data: object): Promise<T> =>
  call(tenantId, path, { method: "POST", body: JSON.stringify(data) });

export const fetchItems = (tenantId: string, signal: AbortSignal): Promise<Item[]> => call(tenantId, "/api/items", { signal });

export const findRooms = (tenantId: string, from: string, to: string): Promise<Room[]> =>
  call(tenantId, `/api/rooms?${new URLSearchParams({ from, to }).toString()}`);
export const bookStay = (tenantId: string, stay: NewStay): Promise<Stay> => post(tenantId, "/api/stays", stay);
export const cancelStay = (tenantId: string, id: string): Promise<void> => call(tenantId, `/api/stays/${id}`, { method: "DELETE" });

export const fetchSeats = (tenantId: string, signal: AbortSignal): Promise<Seat[]> =>
  call(tenantId, "/api/screenings/evening/seats", { signal });
export const buySeats = (tenantId: string, seats: readonly string[]): Promise<Ticket> =>
  post(tenantId, "/api/tickets", { screening: "evening", seats });

export const quoteLines = (tenantId: string, lines: string): Promise<Quote> => post(tenantId, "/api/quotes", { lines });
export const requestOrder = (tenantId: string, order: NewPurchaseOrder): Promise<PurchaseOrder> =>
  post(tenantId, "/api/purchase-orders", order);
export const fetchOrders = (tenantId: string, signal: AbortSignal): Promise<PurchaseOrder[]> =>
  call(tenantId, "/api/purchase-orders", { signal });
export const approveOrder = (tenantId: string, id: string): Promise<PurchaseOrder> =>
  post(tenantId, `/api/purchase-orders/${id}/approval`, {});

export const payBasket = (tenantId: string, basket: NewCheckout): Promise<Receipt> => post(tenantId, "/api/checkouts", basket);
