import { Profiler, type ReactElement } from "react";
import { budgets, gated } from "./gates";
import { renderWithTenant, type TenantOptions } from "./render";

const ROUNDS = 15;

/** Mounts many times: the number of commits is the same on every machine, the median time is not. */
export async function expectWithinBudget(element: () => ReactElement, options: TenantOptions = {}): Promise<void> {
  const durations: number[] = [];
  let commits = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    commits = 0;
    const { unmount } = renderWithTenant(
      <Profiler
        id="budget"
        onRender={(_id, _phase, actual) => {
          commits += 1;
          durations.push(actual);
        }}
      >
        {element()}
      </Profiler>,
      options,
    );
    unmount();
  }
  durations.sort((a, b) => a - b);
  const median = durations[Math.floor(durations.length / 2)] ?? 0;
  await gated("performance", () => {
    expect(commits).toBeLessThanOrEqual(budgets.component.commits);
    expect(median).toBeLessThanOrEqual(budgets.component.medianMs);
  });
}
