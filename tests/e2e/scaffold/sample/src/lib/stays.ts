import { table } from "./rows";

export interface Room {
  id: string;
  name: string;
  price: number;
}

export interface NewStay {
  room: string;
  from: string;
  to: string;
  guest: string;
}

export interface Stay extends NewStay {
  id: string;
  nights: number;
  total: number;
}

export const ROOMS: readonly Room[] = [
  { id: "single", name: "Single room", price: 70 },
  { id: "double", name: "Double room", price: 90 },
];

const DAY_MS = 86_400_000;
const stays = table<Omit<Stay, "id">>("stay");

export const nightsBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
export const staysOf = (tenantId: string): Stay[] => stays.of(tenantId);
export const stayOf = (tenantId: string, id: string): Stay | undefined => stays.find(tenantId, id);
export const cancelStay = (tenantId: string, id: string): boolean => stays.remove(tenantId, id);

/** The stay as booked, or what is wrong with it. */
export function bookStay(tenantId: string, { room, from, to, guest }: Partial<NewStay>): Stay | string {
  const known = ROOMS.find(({ id }) => id === room);
  const nights = nightsBetween(from ?? "", to ?? "");
  if (!known || !room || !from || !to || !guest) return "Room, dates and guest are needed";
  if (!(nights > 0)) return "The departure must be after the arrival";
  return stays.add(tenantId, { room, from, to, guest, nights, total: nights * known.price });
}
