import { MembershipForm } from "@/components/MembershipForm";
import { Shell } from "@/components/Shell";

export default function Page() {
  return (
    <Shell title="Membership">
      <MembershipForm />
    </Shell>
  );
}
