import { PurchaseOrders } from "@/components/PurchaseOrders";
import { PurchaseRequest } from "@/components/PurchaseRequest";
import { Shell } from "@/components/Shell";

export default function Page() {
  return (
    <Shell title="Purchase orders">
      <PurchaseRequest />
      <PurchaseOrders />
    </Shell>
  );
}
