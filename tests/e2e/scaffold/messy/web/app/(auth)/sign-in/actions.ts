"use server";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";

export async function signIn(_: unknown, form: FormData) {
  const email = String(form.get("email") ?? "");
  if (!email.includes("@")) return { error: "That is no address" };
  (await cookies()).set("session", email, { httpOnly: true });
  redirect("/");
}
