export interface Viewport {
  name: string;
  width: number;
  height: number;
}

export const VIEWPORTS: readonly Viewport[] = [
  { name: "mobile", width: 375, height: 812 },
  { name: "tablet", width: 768, height: 1024 },
  { name: "desktop", width: 1440, height: 900 },
];

const matches = (query: string, width: number): boolean => {
  const limit = (kind: "min" | "max"): number | undefined => {
    const found = new RegExp(`${kind}-width:\\s*([\\d.]+)(px|em|rem)`).exec(query);
    return found ? Number(found[1]) * (found[2] === "px" ? 1 : 16) : undefined;
  };
  const [least = 0, most = Infinity] = [limit("min"), limit("max")];
  return width >= least && width <= most;
};

/** Sets the window's size and answers media queries by it. jsdom lays nothing out: the browser tests do. */
export function setViewport({ width, height }: Viewport): void {
  Object.assign(window, { innerWidth: width, innerHeight: height });
  window.matchMedia = (query) => ({
    matches: matches(query, width),
    media: query,
    onchange: null,
    addEventListener: () => {},
    removeEventListener: () => {},
    addListener: () => {},
    removeListener: () => {},
    dispatchEvent: () => true,
  });
  window.dispatchEvent(new Event("resize"));
}
