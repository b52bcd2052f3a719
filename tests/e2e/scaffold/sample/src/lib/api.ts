import type { Order } from "./store";

export interface Item {
  id: string;
  name: string;
  price: number;
}

async function call<T>(tenantId: string, path: string, init: RequestInit = {}): Promise<T> {
  const headers = { "Content-Type": "application/json", "X-Tenant-ID": tenantId };
  const response = await fetch(path, { ...init, headers });
  if (!response.ok) throw new Error(`The server answered ${response.status}`);
  return (await response.json()) as T;
}

export const fetchItems = (tenantId: string, signal?: AbortSignal): Promise<Item[]> =>
  call(tenantId, "/api/items", { signal });

export const placeOrder = (tenantId: string, summary: string, total: number): Promise<Order> =>
  call(tenantId, "/api/orders", { method: "POST", body: JSON.stringify({ summary, total }) });
