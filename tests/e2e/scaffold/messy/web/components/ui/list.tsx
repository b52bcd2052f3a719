import type { ReactNode } from "react";

export function List<T extends { id: string }>({ items, render }: { items: T[]; render: (item: T) => ReactNode }) {
  return <ul>{items.map((item) => <li key={item.id}>{render(item)}</li>)}</ul>;
}
