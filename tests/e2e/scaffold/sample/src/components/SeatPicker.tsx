"use client";

import { useState } from "react";
import { useTask } from "@/hooks/useTask";
import { buySeats } from "@/lib/api";
import { orphaned, type Seat } from "@/lib/seats";
import { useTenant } from "@/lib/tenant-context";

export interface SeatPickerProps {
  seats: readonly Seat[];
}

export function SeatPicker({ seats }: SeatPickerProps) {
  const { tenant } = useTenant();
  const { message, run } = useTask();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const toggle = ({ label }: Seat): void =>
    setChosen((labels) => (labels.includes(label) ? labels.filter((other) => other !== label) : [...labels, label]));
  const buy = (): Promise<void> =>
    run(async () => {
      const ticket = await buySeats(tenant.id, chosen);
      return `Seats ${ticket.seats.join(", ")} for ${ticket.total}`;
    });

  const lonely = orphaned(seats, chosen);
  const total = seats.filter(({ label }) => chosen.includes(label)).reduce((sum, { price }) => sum + price, 0);
  return (
    <section aria-label="Seats">
      {seats.map((seat) => (
        <button key={seat.label} type="button" disabled={seat.taken} aria-pressed={chosen.includes(seat.label)} onClick={() => toggle(seat)}>
          {seat.label}
        </button>
      ))}
      <p>Total: {total}</p>
      {lonely.length > 0 && <p role="alert">{lonely.join(", ")} would be left alone.</p>}
      <button type="button" disabled={chosen.length === 0 || lonely.length > 0} onClick={buy}>
        Buy tickets
      </button>
      <p role="status">{message}</p>
    </section>
  );
}
