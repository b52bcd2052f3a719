"use client";

import { useCallback, useEffect, useState } from "react";
import { useTenant } from "@/lib/tenant-context";

type State<Data> = { status: "loading" } | { status: "failed" } | { status: "ready"; data: Data };
export type Load<Data> = (tenantId: string, signal: AbortSignal) => Promise<Data>;

/** Loads something of the tenant, gives the request up when the component goes, and loads again on demand. */
export function useLoaded<Data>(load: Load<Data>): { state: State<Data>; reload: () => void } {
  const { tenant } = useTenant();
  const [state, setState] = useState<State<Data>>({ status: "loading" });
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const controller = new AbortController();
    load(tenant.id, controller.signal).then(
      (data) => setState({ status: "ready", data }),
      () => {
        if (!controller.signal.aborted) setState({ status: "failed" });
      },
    );
    return () => controller.abort();
  }, [load, tenant.id, attempt]);

  const reload = useCallback(() => {
    setState({ status: "loading" });
    setAttempt((count) => count + 1);
  }, []);
  return { state, reload };
}
