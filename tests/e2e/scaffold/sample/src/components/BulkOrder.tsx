"use client";

import { useState } from "react";
import { useOrder } from "@/hooks/useOrder";

const PRICE = 4;
const discountFor = (pieces: number): number => (pieces >= 100 ? 0.1 : 0);
const piecesIn = (lines: string): number =>
  lines
    .split("\n")
    .map((line) => Number(line.split("x")[0]))
    .filter((count) => count > 0)
    .reduce((sum, count) => sum + count, 0);

export function BulkOrder() {
  const { message, place } = useOrder();
  const [lines, setLines] = useState("");
  const pieces = piecesIn(lines);
  const total = pieces * PRICE * (1 - discountFor(pieces));

  return (
    <section aria-label="Bulk order">
      <label>
        Lines <textarea placeholder="40 x bolt" value={lines} onChange={(event) => setLines(event.target.value)} />
      </label>
      <p>
        {pieces} pieces, {total} in total
      </p>
      <button type="button" disabled={pieces === 0} onClick={() => place(`Purchase of ${pieces} pieces`, total)}>
        Request purchase
      </button>
      <p role="status">{message}</p>
    </section>
  );
}
