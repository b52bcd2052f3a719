export interface Order {
  id: string;
  summary: string;
  total: number;
}

interface Row extends Order {
  tenantId: string;
}

const shared = globalThis as typeof globalThis & { orderRows?: Row[] };
const rows = (): Row[] => (shared.orderRows ??= []);
const shown = ({ id, summary, total }: Row): Order => ({ id, summary, total });

export function ordersOf(tenantId: string): Order[] {
  return rows().filter((row) => row.tenantId === tenantId).map(shown);
}

export function orderOf(tenantId: string, id: string): Order | undefined {
  const found = rows().find((row) => row.tenantId === tenantId && row.id === id);
  return found && shown(found);
}

export function placeOrder(tenantId: string, summary: string, total: number): Order {
  const row = { id: `o-${rows().length + 1}`, tenantId, summary, total };
  rows().push(row);
  return shown(row);
}
