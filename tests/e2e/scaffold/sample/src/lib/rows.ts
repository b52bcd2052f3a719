/** Rows in memory, kept apart by tenant; every module of the server sees the same ones. */
interface Row {
  id: string;
  tenantId: string;
}

const shared = globalThis as typeof globalThis & { tables?: Map<string, Row[]> };

export interface Table<Value> {
  of: (tenantId: string) => (Value & { id: string })[];
  find: (tenantId: string, id: string) => (Value & { id: string }) | undefined;
  add: (tenantId: string, value: Value) => Value & { id: string };
  change: (tenantId: string, id: string, change: Partial<Value>) => (Value & { id: string }) | undefined;
  remove: (tenantId: string, id: string) => boolean;
}

function withoutTenant<Value>(row: Row): Value & { id: string } {
  const shown: Partial<Row> = { ...row };
  delete shown.tenantId;
  return shown as Value & { id: string };
}

export function table<Value extends object>(name: string): Table<Value> {
  const tables = (shared.tables ??= new Map<string, Row[]>());
  const rows = tables.get(name) ?? [];
  tables.set(name, rows);
  const rowOf = (tenantId: string, id: string): Row | undefined => rows.find((row) => row.tenantId === tenantId && row.id === id);
  const shownOr = (row: Row | undefined): (Value & { id: string }) | undefined => row && withoutTenant<Value>(row);
  let made = rows.length;

  return {
    of: (tenantId) => rows.filter((row) => row.tenantId === tenantId).map((row) => withoutTenant<Value>(row)),
    find: (tenantId, id) => shownOr(rowOf(tenantId, id)),
    add: (tenantId, value) => {
      made += 1;
      const row = { ...value, id: `${name}-${made}`, tenantId };
      rows.push(row);
      return withoutTenant<Value>(row);
    },
    change: (tenantId, id, change) => {
      const row = rowOf(tenantId, id);
      if (row) Object.assign(row, change);
      return shownOr(row);
    },
    remove: (tenantId, id) => {
      const row = rowOf(tenantId, id);
      if (row) rows.splice(rows.indexOf(row), 1);
      return row !== undefined;
    },
  };
}
