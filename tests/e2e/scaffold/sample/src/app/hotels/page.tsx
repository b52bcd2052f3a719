import { StayBooking } from "@/components/StayBooking";
import { Shell } from "@/components/Shell";

export default function Page() {
  return (
    <Shell title="Your stay">
      <StayBooking />
    </Shell>
  );
}
