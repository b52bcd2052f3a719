"use client";

import { useState, type FormEvent } from "react";
import { useTask } from "@/hooks/useTask";
import { quoteLines, requestOrder } from "@/lib/api";
import type { NewPurchaseOrder, Quote } from "@/lib/purchase-orders";
import { useTenant } from "@/lib/tenant-context";

const orderIn = (form: HTMLFormElement): NewPurchaseOrder => {
  const data = new FormData(form);
  return { number: String(data.get("number")), lines: String(data.get("lines")) };
};

/** Has lines of articles quoted, then orders them; above a limit somebody must approve. */
export function PurchaseRequest() {
  const { tenant } = useTenant();
  const { message, run } = useTask();
  const [quote, setQuote] = useState<Quote>();
  const [order, setOrder] = useState<NewPurchaseOrder>();

  const ask = (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const wanted = orderIn(event.currentTarget);
    return run(async () => {
      setQuote(await quoteLines(tenant.id, wanted.lines));
      setOrder(wanted);
      return "Here is your quote.";
    });
  };
  const request = (): Promise<void> =>
    run(async () => {
      if (!order) return "Ask for a quote first.";
      const made = await requestOrder(tenant.id, order);
      setQuote(undefined);
      return `Purchase order ${made.number}: ${made.status}`;
    });

  return (
    <>
      <form onSubmit={ask} aria-label="Purchase order">
        <label>
          Order number <input name="number" required />
        </label>
        <label>
          Lines <textarea name="lines" placeholder="40 x bolt" required />
        </label>
        <button type="submit">Ask for a quote</button>
      </form>
      {quote && (
        <section aria-label="Quote">
          <p>
            {quote.pieces} pieces, {quote.total} in total
          </p>
          {quote.needsApproval && <p>An administrator has to approve it.</p>}
          <button type="button" onClick={request}>
            Order
          </button>
        </section>
      )}
      <p role="status">{message}</p>
    </>
  );
}
