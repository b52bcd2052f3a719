"use client";

import { useState } from "react";
import { placeOrder } from "@/lib/api";
import { useTenant } from "@/lib/tenant-context";

/** Places an order and says in one sentence what became of it. */
export function useOrder(): { message: string; place: (summary: string, total: number) => Promise<void> } {
  const { tenant } = useTenant();
  const [message, setMessage] = useState("");
  const place = async (summary: string, total: number): Promise<void> => {
    try {
      const order = await placeOrder(tenant.id, summary, total);
      setMessage(`${order.summary}: done, number ${order.id}`);
    } catch {
      setMessage("That did not work. Please try again.");
    }
  };
  return { message, place };
}
