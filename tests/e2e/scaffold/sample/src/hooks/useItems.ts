"use client";

import { useCallback, useEffect, useState } from "react";
import { fetchItems, type Item } from "@/lib/api";
import { useTenant } from "@/lib/tenant-context";

type State = { status: "loading" } | { status: "failed" } | { status: "ready"; items: Item[] };

export function useItems(): { state: State; retry: () => void } {
  const { tenant } = useTenant();
  const [state, setState] = useState<State>({ status: "loading" });
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const controller = new AbortController();
    fetchItems(tenant.id, controller.signal).then(
      (items) => setState({ status: "ready", items }),
      () => {
        if (!controller.signal.aborted) setState({ status: "failed" });
      },
    );
    return () => controller.abort();
  }, [tenant.id, attempt]);

  const retry = useCallback(() => {
    setState({ status: "loading" });
    setAttempt((count) => count + 1);
  }, []);
  return { state, retry };
}
