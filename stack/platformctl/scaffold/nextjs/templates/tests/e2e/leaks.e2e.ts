import type { CDPSession } from "@playwright/test";
import { budgets, expect, gated, needsSignIn, oneOfEach, open, pagesOf, rest, test } from "./fixtures";

interface Counts {
  listeners: number;
  nodes: number;
  heapMb: number;
}

async function count(session: CDPSession): Promise<Counts> {
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.collectGarbage");
  const counters = await session.send("Memory.getDOMCounters");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return { listeners: counters.jsEventListeners, nodes: counters.nodes, heapMb: usedSize / 1_048_576 };
}

test("going round the pages leaves nothing behind", async ({ signedIn }) => {
  needsSignIn();
  const [tenant] = oneOfEach;
  if (!tenant) return;
  await gated("performance", async (soft) => {
    const page = await signedIn(tenant);
    const session = await page.context().newCDPSession(page);
    const paths = pagesOf(tenant);
    await open(page, paths[0] ?? "/");
    // Links keep the document alive, as users do: a full load would hide every leak.
    const round = async (): Promise<void> => {
      for (const path of [...paths].reverse()) {
        const link = page.locator(`a[href="${path}"]`).first();
        if ((await link.count()) === 0) continue;
        await link.click();
        await page.waitForURL(`**${path}`);
        await rest(page);
      }
    };
    for (let warm = 0; warm < 3; warm += 1) await round();
    const before = await count(session);
    for (let turn = 0; turn < budgets.leak.rounds; turn += 1) await round();
    const after = await count(session);
    test.info().annotations.push({ type: "leaks", description: JSON.stringify({ before, after }) });
    soft(after.listeners - before.listeners, "listeners").toBeLessThan(budgets.leak.listeners);
    soft(after.nodes - before.nodes, "nodes").toBeLessThan(budgets.leak.nodes);
    expect(after.heapMb - before.heapMb, "heap in MB").toBeLessThan(budgets.leak.heapMb);
  });
});
