"use client";

import { useState, type FormEvent } from "react";
import { useTask } from "@/hooks/useTask";
import { bookStay, cancelStay, findRooms } from "@/lib/api";
import type { Room, Stay } from "@/lib/stays";
import { useTenant } from "@/lib/tenant-context";

interface Search {
  from: string;
  to: string;
  guest: string;
}

const searchOf = (form: HTMLFormElement): Search => {
  const data = new FormData(form);
  return { from: String(data.get("from")), to: String(data.get("to")), guest: String(data.get("guest")) };
};

/** Finds rooms for some days, books one, and cancels it again. */
export function StayBooking() {
  const { tenant } = useTenant();
  const { message, run } = useTask();
  const [search, setSearch] = useState<Search>();
  const [rooms, setRooms] = useState<Room[]>([]);
  const [stays, setStays] = useState<Stay[]>([]);

  const find = (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const wanted = searchOf(event.currentTarget);
    return run(async () => {
      if (wanted.from >= wanted.to) return "The departure must be after the arrival.";
      const found = await findRooms(tenant.id, wanted.from, wanted.to);
      setSearch(wanted);
      setRooms(found);
      return `${found.length} rooms found`;
    });
  };
  const book = (room: Room): Promise<void> =>
    run(async () => {
      if (!search) return "Choose the days first.";
      const stay = await bookStay(tenant.id, { ...search, room: room.id });
      setStays([...stays, stay]);
      return `${room.name}, ${stay.nights} nights: ${stay.total} in total`;
    });
  const cancel = ({ id }: Stay): Promise<void> =>
    run(async () => {
      await cancelStay(tenant.id, id);
      setStays(stays.filter((stay) => stay.id !== id));
      return "The stay is cancelled.";
    });

  return (
    <>
      <form onSubmit={find} aria-label="Find a room">
        <label>
          Arrival <input name="from" type="date" required />
        </label>
        <label>
          Departure <input name="to" type="date" required />
        </label>
        <label>
          Guest <input name="guest" required />
        </label>
        <button type="submit">Find rooms</button>
      </form>
      {rooms.map((room) => (
        <button key={room.id} type="button" onClick={() => book(room)}>
          Book {room.name} for {room.price}
        </button>
      ))}
      {stays.map((stay) => (
        <p key={stay.id}>
          {stay.guest}, {stay.from} to {stay.to}
          <button type="button" aria-label={`Cancel the stay from ${stay.from}`} onClick={() => cancel(stay)}>
            Cancel
          </button>
        </p>
      ))}
      <p role="status">{message}</p>
    </>
  );
}
