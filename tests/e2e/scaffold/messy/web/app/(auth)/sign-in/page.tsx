"use client";
import { useActionState } from "react";
import { signIn } from "./actions";

export default function SignIn() {
  const [state, action] = useActionState<{ error: string } | null, FormData>(signIn, null);
  return (
    <form action={action}>
      <label>
        Email <input name="email" />
      </label>
      <button>Sign in</button>
      {state?.error && <p role="alert">{state.error}</p>}
    </form>
  );
}
