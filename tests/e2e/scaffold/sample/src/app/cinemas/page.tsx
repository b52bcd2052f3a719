import { SeatMap } from "@/components/SeatMap";
import { Shell } from "@/components/Shell";

export default function Page() {
  return (
    <Shell title="Tonight">
      <SeatMap />
    </Shell>
  );
}
