"use client";

import { useState, type FormEvent } from "react";

export interface LoginFormProps {
  next: string;
}

export function LoginForm({ next }: LoginFormProps) {
  const [problem, setProblem] = useState("");
  const login = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body = JSON.stringify({ user: form.get("user"), password: form.get("password") });
    const response = await fetch("/api/login", { method: "POST", body, headers: { "Content-Type": "application/json" } });
    if (response.ok) window.location.assign(next);
    else setProblem("Unknown user or password.");
  };
  return (
    <form onSubmit={login} aria-label="Sign in">
      <label>
        User <input name="user" autoComplete="username" required />
      </label>
      <label>
        Password <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <button type="submit">Sign in</button>
      {problem && <p role="alert">{problem}</p>}
    </form>
  );
}
