"use client";

import { useLoaded } from "@/hooks/useLoaded";
import { fetchSeats } from "@/lib/api";
import { SeatPicker } from "./SeatPicker";

/** Tonight's seats, as soon as they are known. */
export function SeatMap() {
  const { state, reload } = useLoaded(fetchSeats);
  if (state.status === "loading") return <p role="status">Loading the seats</p>;
  if (state.status === "failed") {
    return (
      <div role="alert">
        <p>The seats could not be loaded.</p>
        <button type="button" onClick={reload}>
          Try again
        </button>
      </div>
    );
  }
  return state.data.length > 0 ? <SeatPicker seats={state.data} /> : <p>No film tonight.</p>;
}
