"use client";

import { useActionState } from "react";
import { joinGym, type Joining } from "@/app/gyms/actions";

export function MembershipForm() {
  const [joining, join, waiting] = useActionState<Joining, FormData>(joinGym, { status: "open", message: "" });
  if (joining.status === "joined") return <p role="status">{joining.message}</p>;
  return (
    <form action={join} aria-label="Become a member">
      <fieldset>
        <legend>Plan</legend>
        <label>
          <input type="radio" name="plan" value="monthly" defaultChecked /> Monthly
        </label>
        <label>
          <input type="radio" name="plan" value="yearly" /> Yearly
        </label>
      </fieldset>
      <label>
        Start <input type="date" name="start" required />
      </label>
      <label>
        <input type="checkbox" name="terms" /> I accept the house rules
      </label>
      <button type="submit" disabled={waiting}>
        Join
      </button>
      {joining.message && <p role="alert">{joining.message}</p>}
    </form>
  );
}
