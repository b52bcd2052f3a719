import { Suspense } from "react";
import { ErrorBoundary } from "@/components/shop/ErrorBoundary";
import { Results } from "@/components/shop/Results";
import { SearchBox } from "@/components/shop/SearchBox";

export default function Home() {
  return (
    <ErrorBoundary>
      <h1>Market</h1>
      <Suspense>
        <SearchBox />
      </Suspense>
      <Results query="" />
    </ErrorBoundary>
  );
}
