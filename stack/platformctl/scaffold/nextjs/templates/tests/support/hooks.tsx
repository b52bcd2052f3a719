import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { Providers } from "../platform.adapter";
import { expectRequestsOf, requestsSeen } from "../mocks/server";
import { shop, type AppTenant } from "../tenants";
import { settle } from "./interact";
import { kindOf } from "./kind";
import { visited } from "./navigation";
import type { TenantOptions } from "./render";

type Act<Value> = (value: Value) => unknown;

export interface HookInUse<Value> {
  tenant: AppTenant;
  value: () => Value;
  renders: () => number;
  /** What the hook gives, as text: functions are left out, since they differ from render to render. */
  shown: () => string;
  /** The kind of what the hook gives: another one when something else happened, not when the data is another. */
  kind: () => string;
  /** Calls something that the hook gives, waits for what comes of it and gives its answer; an error is shown. */
  call: (callIt: Act<Value>) => Promise<unknown>;
  /** The names of those calls that give no answer and have no effect, neither at first nor after the others. */
  dead: (calls: Record<string, Act<Value>>) => Promise<string[]>;
}

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => {
    if (part instanceof Set || part instanceof Map) return [...part];
    return part instanceof Error ? part.message : part;
  }) ?? "";

/** Uses a hook below the application's providers, for a tenant, and waits until it has come to rest. */
export async function renderHookWithTenant<Value>(use: () => Value, options: TenantOptions = {}): Promise<HookInUse<Value>> {
  const { tenant = shop(), role = "member", flags = tenant.flags } = options;
  expectRequestsOf(tenant.id);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <Providers tenant={tenant} role={role} flags={flags}>
      {children}
    </Providers>
  );
  let renders = 0;
  const thrown: string[] = [];
  const { result } = renderHook(
    () => {
      renders += 1;
      return use();
    },
    { wrapper },
  );
  await settle();

  const shown = (): string => textOf([result.current, thrown]);
  const trace = (): string => `${shown()} ${requestsSeen().length} ${visited.length} ${document.cookie} ${textOf({ ...window.localStorage })}`;
  const call = async (callIt: Act<Value>): Promise<unknown> => {
    let answer: unknown;
    await act(async () => {
      try {
        answer = await callIt(result.current);
      } catch (error) {
        thrown.push(String(error));
      }
    });
    await settle();
    return answer;
  };
  const dead = async (calls: Record<string, Act<Value>>): Promise<string[]> => {
    const waiting = new Map(Object.entries(calls));
    for (const [name, callIt] of [...waiting, ...waiting]) {
      if (!waiting.has(name)) continue;
      const before = trace();
      const answer = await call(callIt);
      if (answer !== undefined || trace() !== before) waiting.delete(name);
    }
    return [...waiting.keys()];
  };
  return { tenant, value: () => result.current, renders: () => renders, shown, kind: () => textOf(kindOf(result.current)), call, dead };
}
