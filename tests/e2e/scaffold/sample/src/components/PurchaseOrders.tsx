"use client";

import { useLoaded } from "@/hooks/useLoaded";
import { useTask } from "@/hooks/useTask";
import { approveOrder, fetchOrders } from "@/lib/api";
import type { PurchaseOrder } from "@/lib/purchase-orders";
import { useTenant } from "@/lib/tenant-context";

/** The orders so far; administrators approve those that wait for it. */
export function PurchaseOrders() {
  const { tenant, role } = useTenant();
  const { message, run } = useTask();
  const { state, reload } = useLoaded(fetchOrders);
  const approve = ({ id, number }: PurchaseOrder): Promise<void> =>
    run(async () => {
      await approveOrder(tenant.id, id);
      reload();
      return `${number} is approved`;
    });

  if (state.status === "loading") return <p>Loading the orders</p>;
  if (state.status === "failed") return <p role="alert">The orders could not be loaded.</p>;
  if (state.data.length === 0) return <p>Nothing was ordered yet.</p>;
  return (
    <>
      <ul aria-label="Orders">
        {state.data.map((order) => (
          <li key={order.id}>
            {order.number}: {order.status}
            {role === "admin" && order.status === "awaiting approval" && (
              <button type="button" onClick={() => approve(order)}>
                Approve {order.number}
              </button>
            )}
          </li>
        ))}
      </ul>
      <p role="status">{message}</p>
    </>
  );
}
