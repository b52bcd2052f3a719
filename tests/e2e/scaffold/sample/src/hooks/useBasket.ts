"use client";

import { useState } from "react";
import { sumOf, type BasketLine, type Product } from "@/lib/basket";

interface Basket {
  lines: BasketLine[];
  sum: number;
  quantityOf: (product: Product) => number;
  put: (product: Product, quantity: number) => void;
}

/** A basket of some products, one of the first to begin with. */
export function useBasket(products: readonly Product[]): Basket {
  const [quantities, setQuantities] = useState<Readonly<Record<string, number>>>(() =>
    Object.fromEntries(products.map(({ id }, index) => [id, index === 0 ? 1 : 0])),
  );
  const quantityOf = ({ id }: Product): number => quantities[id] ?? 0;
  const put = ({ id }: Product, quantity: number): void => setQuantities({ ...quantities, [id]: Math.max(0, quantity) });
  const lines = products.map((product) => ({ product: product.id, quantity: quantityOf(product) })).filter(({ quantity }) => quantity > 0);
  return { lines, sum: sumOf(lines), quantityOf, put };
}
