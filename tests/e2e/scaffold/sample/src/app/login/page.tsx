import { LoginForm } from "@/components/LoginForm";
import { ownPath } from "@/lib/own-path";

export default async function LoginPage({ searchParams }: PageProps<"/login">) {
  const { next } = await searchParams;
  return (
    <main>
      <h1>Sign in</h1>
      <LoginForm next={ownPath(next)} />
    </main>
  );
}
