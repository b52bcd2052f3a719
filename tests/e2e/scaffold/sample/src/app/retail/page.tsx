import { Checkout } from "@/components/Checkout";
import { Shell } from "@/components/Shell";

export default function Page() {
  return (
    <Shell title="Basket">
      <Checkout />
    </Shell>
  );
}
