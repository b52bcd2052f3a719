"use client";
import { createContext, useContext, useState } from "react";

const Theme = createContext({ dark: false, toggle: () => {} });

export function ThemeProvider({ children }: { children: React.ReactNode }) {
  const [dark, setDark] = useState(false);
  return <Theme.Provider value={{ dark, toggle: () => setDark(!dark) }}>{children}</Theme.Provider>;
}

export function ThemeToggle() {
  const { dark, toggle } = useContext(Theme);
  return <button onClick={toggle}>{dark ? "Light" : "Dark"}</button>;
}
