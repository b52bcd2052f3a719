"use client";
import dynamic from "next/dynamic";
import { useProducts } from "@/hooks/useProducts";

const ProductCard = dynamic(() => import("./ProductCard"), { ssr: false });

export function Results({ query }: { query: string }) {
  const products = useProducts(query);
  if (!products.length) return <p>Nothing found</p>;
  return <div>{products.map((product) => <ProductCard key={product.id} product={product} />)}</div>;
}
