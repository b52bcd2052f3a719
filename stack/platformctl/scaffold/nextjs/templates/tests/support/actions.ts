import { NextRequest } from "next/server";
import { knownTenants, sessionHeaders } from "../platform.adapter";
import { tenantHeader } from "../mocks/contract";
import type { AppTenant } from "../tenants";
import { kindOf } from "./kind";
import { enter, revalidated } from "./server-context";

/** What a call of a server action came to. */
export interface Outcome {
  returned: unknown;
  threw: string | null;
  redirectedTo: string | null;
  revalidated: readonly string[];
}

export interface ActionUnderTest {
  act: (form: FormData) => unknown;
  /** What its form holds when it is filled in well. */
  form?: Record<string, string>;
  /** Whether it asks who is signed in. */
  guarded: boolean;
}

const digestOf = (error: unknown): string => (typeof error === "object" && error && "digest" in error ? String(error.digest) : "");

/** Calls an action as Next.js would: with the session of a tenant, or as a stranger. */
export async function callAction(act: () => unknown, tenant?: AppTenant): Promise<Outcome> {
  const named = tenant && tenantHeader ? { [tenantHeader]: tenant.id } : {};
  const session = tenant ? sessionHeaders?.(tenant, "admin") : {};
  enter(new NextRequest("http://localhost/", { method: "POST", headers: { ...named, ...session } }));
  const outcome: Outcome = { returned: null, threw: null, redirectedTo: null, revalidated };
  try {
    return { ...outcome, returned: (await act()) ?? null, revalidated: [...revalidated] };
  } catch (error) {
    const [, , redirectedTo = null] = /^NEXT_REDIRECT;/.test(digestOf(error)) ? digestOf(error).split(";") : [];
    const threw = redirectedTo === null ? digestOf(error) || String(error) : null;
    return { ...outcome, threw, redirectedTo, revalidated: [...revalidated] };
  }
}

/** Two outcomes are of a kind when a person would say that the same happened. */
export const kindOfOutcome = ({ threw, redirectedTo, ...rest }: Outcome): string =>
  JSON.stringify({ ...rest, returned: kindOf(rest.returned), threw: threw !== null, redirectedTo: redirectedTo?.split("?")[0] });

const SESSION_NEEDED = "fill in sessionHeaders and knownTenants in platform.adapter.tsx";

function formOf(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

/** Tests of one server action: strangers get nothing done, an empty form is not taken for a full one. */
export function describeAction(name: string, { act, form = {}, guarded }: ActionUnderTest): void {
  const [tenant] = knownTenants ?? [];
  const able = guarded && !(knownTenants && sessionHeaders) ? it.skip : it;
  const note = able === it ? "" : ` (${SESSION_NEEDED})`;
  const filledIn = (by?: AppTenant): Promise<Outcome> => callAction(() => act(formOf(form)), by);

  describe(name, () => {
    able(`does what it was asked for${note}`, async () => {
      expect((await filledIn(tenant)).threw).toBeNull();
    });

    if (Object.keys(form).length > 0) {
      able(`tells an empty form from a full one${note}`, async () => {
        const empty = await callAction(() => act(new FormData()), tenant);
        expect(kindOfOutcome(empty)).not.toBe(kindOfOutcome(await filledIn(tenant)));
      });
    }
    if (guarded) {
      able(`does nothing for a stranger${note}`, async () => {
        const stranger = await filledIn();
        expect(stranger.revalidated).toEqual([]);
        expect(kindOfOutcome(stranger)).not.toBe(kindOfOutcome(await filledIn(tenant)));
      });
    }
  });
}
