import Image from "next/image";
import Link from "next/link";
import { Badge } from "@market/ui";
import { Card, CardTitle } from "~ui/card";
import { formatPrice } from "@/lib/price";
import star from "../../public/star.svg";
import styles from "./ProductCard.module.css";

interface Props {
  product: { id: string; name: string; cents: number; tags?: string[]; image?: string };
  onAdd?: (id: string) => void;
}

const ProductCard = ({ product, onAdd }: Props) => (
  <Card className={styles.card}>
    <CardTitle>
      <Link href={`/products/${product.id}`}>{product.name}</Link>
    </CardTitle>
    <Image src={star} alt="" width={16} height={16} />
    <p>{formatPrice(product.cents)}</p>
    {product.tags?.map((tag) => <Badge key={tag}>{tag}</Badge>)}
    {onAdd && <button onClick={() => onAdd(product.id)}>Add to cart</button>}
  </Card>
);

export default ProductCard;
