"use client";

import { useState, type FormEvent } from "react";
import { FeatureGate } from "./FeatureGate";
import { QuantityStepper } from "./QuantityStepper";
import { useBasket } from "@/hooks/useBasket";
import { useTask } from "@/hooks/useTask";
import { payBasket } from "@/lib/api";
import { PRODUCTS } from "@/lib/basket";
import { useTenant } from "@/lib/tenant-context";

/** First what is in the basket, then where it goes and how it is paid. */
export function Checkout() {
  const { tenant } = useTenant();
  const { message, run } = useTask();
  const { lines, sum, quantityOf, put } = useBasket(PRODUCTS);
  const [wrapped, setWrapped] = useState(false);
  const [delivering, setDelivering] = useState(false);

  const pay = (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const coupon = String(data.get("coupon")) || undefined;
    return run(async () => {
      const receipt = await payBasket(tenant.id, { lines, coupon, giftWrap: wrapped, postcode: String(data.get("postcode")) });
      return `Paid ${receipt.total}, receipt ${receipt.id}`;
    });
  };

  return (
    <section aria-label="Basket">
      {PRODUCTS.map((product) => (
        <QuantityStepper key={product.id} label={product.name} quantity={quantityOf(product)} onChange={(next) => put(product, next)} />
      ))}
      <FeatureGate flag="giftWrap">
        <label>
          <input type="checkbox" checked={wrapped} onChange={(event) => setWrapped(event.target.checked)} /> Gift wrap
        </label>
      </FeatureGate>
      <p>Goods: {sum}</p>
      {delivering ? (
        <form onSubmit={pay} aria-label="Delivery and payment">
          <label>
            Postcode <input name="postcode" placeholder="8000" required />
          </label>
          <label>
            Coupon <input name="coupon" placeholder="TEN" />
          </label>
          <button type="submit">Pay</button>
        </form>
      ) : (
        <button type="button" disabled={lines.length === 0} onClick={() => setDelivering(true)}>
          To the delivery
        </button>
      )}
      <p role="status">{message}</p>
    </section>
  );
}
