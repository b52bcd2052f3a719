"use client";

import { useState, type FormEvent } from "react";
import { useOrder } from "@/hooks/useOrder";

const NIGHT = 90;
const nightsBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

export function HotelBooking() {
  const { message, place } = useOrder();
  const [problem, setProblem] = useState("");

  const book = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const nights = nightsBetween(String(form.get("from")), String(form.get("to")));
    if (!(nights > 0)) {
      setProblem("The departure must be after the arrival.");
      return;
    }
    setProblem("");
    await place(`${nights} nights for ${String(form.get("guests"))}`, nights * NIGHT);
  };

  return (
    <form onSubmit={book} aria-label="Book a room">
      <label>
        Arrival <input name="from" type="date" required />
      </label>
      <label>
        Departure <input name="to" type="date" required />
      </label>
      <label>
        Guests <input name="guests" type="number" min={1} max={6} defaultValue={2} />
      </label>
      <button type="submit">Book</button>
      {problem && <p role="alert">{problem}</p>}
      <p role="status">{message}</p>
    </form>
  );
}
