import { useEffect, useState } from "react";

export function useProducts(query: string) {
  const [products, setProducts] = useState<any[]>([]);
  useEffect(() => {
    fetch(`/api/products?q=${query}`)
      .then((response) => response.json())
      .then(setProducts);
  }, [query]);
  return products;
}
