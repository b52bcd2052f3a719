import { findProducts } from "@/lib/db";
import ProductCard from "./ProductCard";

export default async function Featured({ tenantId }: { tenantId: string }) {
  const products = await findProducts(tenantId);
  return <section>{products.map((product) => <ProductCard key={product.id} product={product} />)}</section>;
}
