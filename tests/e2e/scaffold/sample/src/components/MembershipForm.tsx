"use client";

import { useState, type FormEvent } from "react";
import { useOrder } from "@/hooks/useOrder";

const PLANS = { monthly: 39, yearly: 390 };
type PlanName = keyof typeof PLANS;

export function MembershipForm() {
  const { message, place } = useOrder();
  const [plan, setPlan] = useState<PlanName>("monthly");
  const join = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    await place(`Membership ${plan}`, PLANS[plan]);
  };

  return (
    <form onSubmit={join} aria-label="Become a member">
      <fieldset>
        <legend>Plan</legend>
        {(["monthly", "yearly"] as const).map((name) => (
          <label key={name}>
            <input type="radio" name="plan" checked={plan === name} onChange={() => setPlan(name)} /> {name} ({PLANS[name]})
          </label>
        ))}
      </fieldset>
      <label>
        <input type="checkbox" name="terms" required /> I accept the house rules
      </label>
      <button type="submit">Join</button>
      <p role="status">{message}</p>
    </form>
  );
}
