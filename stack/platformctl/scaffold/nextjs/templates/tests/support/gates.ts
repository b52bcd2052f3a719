import gates from "../gates.json";

export type Mode = "off" | "warn" | "enforce";
export type Gate = Exclude<keyof typeof gates, "$about" | "budgets">;

/** What gates.json says about a gate. */
export function mode(gate: Gate): Mode {
  return gates[gate].mode as Mode;
}

export const budgets = gates.budgets;

/** A finding: an error where the gate is enforced, a line on the console where it only warns. */
export function report(gate: Gate, finding: string): void {
  if (mode(gate) === "enforce") throw new Error(`gate "${gate}": ${finding}`);
  console.warn(`gate "${gate}" (warn): ${finding}`);
}

/** Runs a check under a gate: not at all when it is off, and without failing when it only warns. */
export async function gated(gate: Gate, check: () => void | Promise<void>): Promise<void> {
  if (mode(gate) === "off") return;
  try {
    await check();
  } catch (error) {
    if (mode(gate) === "enforce") throw error;
    report(gate, error instanceof Error ? error.message : String(error));
  }
}
