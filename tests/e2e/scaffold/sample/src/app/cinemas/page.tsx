import { SeatPicker } from "@/components/SeatPicker";
import { Shell } from "@/components/Shell";

export default function Page() {
  return (
    <Shell title="Tonight">
      <SeatPicker />
    </Shell>
  );
}
