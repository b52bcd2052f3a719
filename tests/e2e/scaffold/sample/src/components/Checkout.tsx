"use client";

import { useState } from "react";
import { FeatureGate } from "./FeatureGate";
import { QuantityStepper } from "./QuantityStepper";
import { useOrder } from "@/hooks/useOrder";

const PRICE = 15;
const WRAPPING = 3;

export function Checkout() {
  const { message, place } = useOrder();
  const [quantity, setQuantity] = useState(1);
  const [wrapped, setWrapped] = useState(false);
  const total = quantity * PRICE + (wrapped ? WRAPPING : 0);

  return (
    <section aria-label="Basket">
      <QuantityStepper label="Mugs" quantity={quantity} onChange={(next) => setQuantity(Math.max(1, next))} />
      <FeatureGate flag="giftWrap">
        <label>
          <input type="checkbox" checked={wrapped} onChange={(event) => setWrapped(event.target.checked)} /> Gift wrap
        </label>
      </FeatureGate>
      <p>To pay: {total}</p>
      <button type="button" onClick={() => place(`${quantity} mugs`, total)}>
        Pay
      </button>
      <p role="status">{message}</p>
    </section>
  );
}
