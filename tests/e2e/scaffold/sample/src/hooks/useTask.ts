"use client";

import { useState } from "react";

/** Does something that can fail, and says in one sentence what became of it. */
export function useTask(): { message: string; run: (work: () => Promise<string>) => Promise<void> } {
  const [message, setMessage] = useState("");
  const run = async (work: () => Promise<string>): Promise<void> => {
    try {
      setMessage(await work());
    } catch {
      setMessage("That did not work. Please try again.");
    }
  };
  return { message, run };
}
