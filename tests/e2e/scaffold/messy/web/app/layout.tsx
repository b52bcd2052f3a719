import type { Metadata } from "next";
import { ThemeProvider } from "@/components/theme-provider";
import { I18nProvider } from "@i18n";
import { AuthProvider } from "@/lib/auth";
import "../styles/globals.css";

export const metadata: Metadata = { title: "Market" };

export default function RootLayout({ children, modal }: { children: React.ReactNode; modal: React.ReactNode }) {
  return (
    <html lang="en">
      <body>
        <AuthProvider user={null}>
          <I18nProvider locale="en" messages={{ search: "Search", go: "Go" }}>
            <ThemeProvider>
              {children}
              {modal}
            </ThemeProvider>
          </I18nProvider>
        </AuthProvider>
      </body>
    </html>
  );
}
