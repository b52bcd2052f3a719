"use client";
import { createContext, useContext, type ReactNode } from "react";
import type { Locale } from "./config";

const Messages = createContext<{ locale: Locale; t: (key: string) => string }>(null as never);

export function I18nProvider({ locale, messages, children }: { locale: Locale; messages: Record<string, string>; children: ReactNode }) {
  return <Messages.Provider value={{ locale, t: (key) => messages[key] ?? key }}>{children}</Messages.Provider>;
}

export const useTranslations = () => useContext(Messages).t;
