"use server";

import { revalidatePath } from "next/cache";
import { cookies } from "next/headers";
import { addMember, isPlan } from "@/lib/memberships";
import { openSession, SESSION_COOKIE } from "@/lib/session";

export interface Joining {
  status: "open" | "refused" | "joined";
  message: string;
}

const refused = (message: string): Joining => ({ status: "refused", message });

/** Makes someone a member of the gym whose session this is. */
export async function joinGym(_before: Joining, form: FormData): Promise<Joining> {
  const session = openSession((await cookies()).get(SESSION_COOKIE)?.value);
  if (!session) return refused("Please sign in again.");
  const [plan, start] = [form.get("plan"), String(form.get("start"))];
  if (!isPlan(plan) || !/^\d{4}-\d\d-\d\d$/.test(start)) return refused("Choose a plan and a day to start.");
  if (form.get("terms") !== "on") return refused("The house rules must be accepted.");
  const { id, price } = addMember(session.tenant.id, plan, start);
  revalidatePath("/gyms");
  return { status: "joined", message: `Welcome, ${id}: ${plan} from ${start} for ${price}` };
}
