"use client";
import { useAuth, withAuth } from "@/lib/auth";

function Menu() {
  const { user, signOut } = useAuth();
  return (
    <div onClick={() => {}}>
      {user.name} ({user.org.plan}) <button onClick={signOut}>Sign out</button>
    </div>
  );
}

export default withAuth(Menu);
