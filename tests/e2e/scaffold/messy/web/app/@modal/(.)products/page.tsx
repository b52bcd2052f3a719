export default function ProductsModal() {
  return <dialog open>Products</dialog>;
}
