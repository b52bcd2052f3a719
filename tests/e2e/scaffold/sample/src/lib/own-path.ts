/** The path if it stays on this site, else the start page: no open redirect after the login. */
export function ownPath(next: string | string[] | undefined): string {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : "/";
}
