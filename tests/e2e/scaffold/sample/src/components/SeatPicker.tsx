"use client";

import { useState } from "react";
import { useOrder } from "@/hooks/useOrder";

const ROWS = ["A", "B", "C"];
const SEATS = [1, 2, 3, 4];
const TAKEN = new Set(["B2"]);
const PRICE = 12;

export function SeatPicker() {
  const { message, place } = useOrder();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const toggle = (seat: string): void =>
    setChosen((seats) => (seats.includes(seat) ? seats.filter((other) => other !== seat) : [...seats, seat]));

  return (
    <section aria-label="Seats">
      {ROWS.map((row) => (
        <div key={row}>
          {SEATS.map((number) => {
            const seat = `${row}${number}`;
            return (
              <button
                key={seat}
                type="button"
                disabled={TAKEN.has(seat)}
                aria-pressed={chosen.includes(seat)}
                onClick={() => toggle(seat)}
              >
                Seat {seat}
              </button>
            );
          })}
        </div>
      ))}
      <p>Total: {chosen.length * PRICE}</p>
      <button type="button" disabled={chosen.length === 0} onClick={() => place(`Seats ${chosen.join(" ")}`, chosen.length * PRICE)}>
        Buy tickets
      </button>
      <p role="status">{message}</p>
    </section>
  );
}
