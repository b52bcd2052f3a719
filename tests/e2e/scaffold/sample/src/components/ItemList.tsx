"use client";

import { useItems } from "@/hooks/useItems";

export function ItemList() {
  const { state, reload } = useItems();
  if (state.status === "loading") return <p role="status">Loading items</p>;
  if (state.status === "failed") {
    return (
      <div role="alert">
        <p>The items could not be loaded.</p>
        <button type="button" onClick={reload}>
          Try again
        </button>
      </div>
    );
  }
  if (state.data.length === 0) return <p>No items yet.</p>;
  return (
    <ul aria-label="Items">
      {state.data.map((item) => (
        <li key={item.id}>
          {item.name}: {item.price}
        </li>
      ))}
    </ul>
  );
}
