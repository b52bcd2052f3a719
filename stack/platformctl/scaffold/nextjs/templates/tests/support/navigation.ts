/** A router for components under test; what they asked for is in `visited`. */
export const visited: string[] = [];
let path = "/";
let query = new URLSearchParams();

export function resetNavigation(href = "/"): void {
  const url = new URL(href, "http://localhost");
  path = url.pathname;
  query = url.searchParams;
  visited.length = 0;
}

const go = (href: string): void => {
  visited.push(href);
};
const router = { push: go, replace: go, prefetch: () => {}, refresh: () => {}, back: () => go(".."), forward: () => {} };

export const useRouter = (): typeof router => router;
export const usePathname = (): string => path;
export const useSearchParams = (): URLSearchParams => query;
export const useParams = (): Record<string, string> => ({});
export const useSelectedLayoutSegment = (): null => null;
export const useSelectedLayoutSegments = (): string[] => [];
