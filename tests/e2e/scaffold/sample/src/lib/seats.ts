import { table } from "./rows";

export interface Seat {
  label: string;
  price: number;
  taken: boolean;
}

export interface Ticket {
  id: string;
  seats: string[];
  total: number;
}

const ROWS = { A: 15, B: 12, C: 12 };
const NUMBERS = [1, 2, 3, 4, 5, 6];
const TAKEN: ReadonlySet<string> = new Set(["B2", "C6"]);
const tickets = table<Omit<Ticket, "id">>("ticket");

export function seatsOf(screening: string): Seat[] | undefined {
  if (screening !== "evening") return undefined;
  return Object.entries(ROWS).flatMap(([row, price]) =>
    NUMBERS.map((number) => ({ label: `${row}${number}`, price, taken: TAKEN.has(`${row}${number}`) })),
  );
}

/** The free seats that a choice would leave alone between two others: nobody buys those. */
export function orphaned(seats: readonly Seat[], chosen: readonly string[]): string[] {
  const gone = (label: string): boolean => chosen.includes(label) || seats.some((seat) => seat.label === label && seat.taken);
  const neighbour = (label: string, by: number): string => `${label.slice(0, 1)}${Number(label.slice(1)) + by}`;
  return seats.map(({ label }) => label).filter((label) => !gone(label) && gone(neighbour(label, -1)) && gone(neighbour(label, 1)));
}

export function buySeats(tenantId: string, screening: string, chosen: string[]): Ticket | string {
  const seats = seatsOf(screening) ?? [];
  const wanted = seats.filter(({ label }) => chosen.includes(label));
  if (chosen.length === 0 || wanted.length < chosen.length) return "There are no such seats";
  if (wanted.some(({ taken }) => taken)) return "One of the seats is taken";
  if (orphaned(seats, chosen).length > 0) return "No single seat may be left over";
  return tickets.add(tenantId, { seats: chosen, total: wanted.reduce((sum, { price }) => sum + price, 0) });
}
