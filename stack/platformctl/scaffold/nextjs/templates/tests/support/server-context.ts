/** What next/headers and next/cache give on a server, for code that a test calls without one. */
import { NextRequest } from "next/server";

let request = new NextRequest("http://localhost/");
export const revalidated: string[] = [];

/** Everything from here on runs as if it answered this request. */
export function enter(current: NextRequest): void {
  request = current;
  revalidated.length = 0;
}

/** Works with and without `await`, as the application's version of Next.js wants it. */
function now<Given extends object>(given: Given): Given & Promise<Given> {
  const promise = Promise.resolve(given);
  return new Proxy(given, {
    get(target, key) {
      const holder: object = key === "then" ? promise : target;
      const value: unknown = Reflect.get(holder, key, holder);
      return typeof value === "function" ? (value.bind(holder) as unknown) : value;
    },
  }) as Given & Promise<Given>;
}

export const cookies = (): object => now(request.cookies);
export const headers = (): object => now(request.headers);
export const draftMode = (): object => now({ isEnabled: false, enable: () => {}, disable: () => {} });

const note = (what: string): void => {
  revalidated.push(what);
};
export const revalidatePath = note;
export const revalidateTag = note;
export const updateTag = note;
export const refresh = (): void => note("refresh");
export const unstable_cache = <Work>(work: Work): Work => work;
export const unstable_noStore = (): void => {};
export const cacheLife = (): void => {};
export const cacheTag = (): void => {};
