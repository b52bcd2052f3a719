import { BulkOrder } from "@/components/BulkOrder";
import { Shell } from "@/components/Shell";

export default function Page() {
  return (
    <Shell title="Purchase order">
      <BulkOrder />
    </Shell>
  );
}
