// Texts whose contrast against what is behind them is below 4.5 (WCAG AA), as [ratio, text].
() => {
  const channel = (c) => {
    const share = c / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.match(/[\d.]+/g).map(Number);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (!/, 0\)$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const ratio = (element) => {
    const [a, b] = [light(getComputedStyle(element).color), light(behind(element))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  return [...document.querySelectorAll("h1, h2, p, th, td, dt, dd, li, code, span")]
    .filter((e) => e.textContent.trim())
    .map((e) => [ratio(e), `${e.tagName} ${e.textContent.trim().slice(0, 40)}`])
    .filter(([found]) => found < 4.5);
}
