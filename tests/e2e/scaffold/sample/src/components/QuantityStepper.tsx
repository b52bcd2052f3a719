"use client";

export interface QuantityStepperProps {
  label: string;
  quantity: number;
  onChange: (quantity: number) => void;
}

export function QuantityStepper({ label, quantity, onChange }: QuantityStepperProps) {
  return (
    <div role="group" aria-label={label}>
      <button type="button" onClick={() => onChange(quantity - 1)}>
        Less
      </button>
      <output>{quantity}</output>
      <button type="button" onClick={() => onChange(quantity + 1)}>
        More
      </button>
    </div>
  );
}
