declare module "*.svg" {
  const source: { src: string; height: number; width: number };
  export default source;
}
declare module "*.module.css" {
  const names: Record<string, string>;
  export default names;
}
