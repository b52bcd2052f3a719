import { HotelBooking } from "@/components/HotelBooking";
import { Shell } from "@/components/Shell";

export default function Page() {
  return (
    <Shell title="Your stay">
      <HotelBooking />
    </Shell>
  );
}
