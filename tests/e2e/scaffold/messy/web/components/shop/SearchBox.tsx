"use client";
import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import { useTranslations } from "@i18n";
import { track } from "@/lib/legacy-analytics";
import { Button } from "@/components/ui";

export function SearchBox() {
  const router = useRouter();
  const t = useTranslations();
  const params = useSearchParams();
  const [query, setQuery] = useState(params.get("q") ?? "");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        track("search", query);
        router.push(`/?q=${encodeURIComponent(query)}`);
      }}
    >
      <input aria-label={t("search")} value={query} onChange={(event) => setQuery(event.target.value)} />
      <Button type="submit">{t("go")}</Button>
    </form>
  );
}
