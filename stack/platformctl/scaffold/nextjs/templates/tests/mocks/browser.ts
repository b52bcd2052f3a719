import { setupWorker } from "msw/browser";
import { handlers } from "./handlers";

/** For local development without a backend: start it from a client component when NEXT_PUBLIC_MOCKS is set. */
export const worker = setupWorker(...handlers);
