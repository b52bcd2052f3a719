"use client";
import React from "react";

export type User = { id: string; name: string; email?: string | null; org: { id: string; plan: "free" | "pro" } };
const AuthContext = React.createContext<{ user: User | null; signOut(): void } | undefined>(undefined);

export function AuthProvider(props: React.PropsWithChildren<{ user: User | null }>) {
  const [user, setUser] = React.useState(props.user);
  return <AuthContext.Provider value={{ user, signOut: () => setUser(null) }}>{props.children}</AuthContext.Provider>;
}

export const useAuth = () => {
  const auth = React.useContext(AuthContext);
  if (!auth) throw new Error("useAuth must be used within AuthProvider");
  return auth;
};

export function withAuth<P extends object>(Wrapped: React.ComponentType<P>) {
  return function Guarded(props: P) {
    const { user } = useAuth();
    return user ? <Wrapped {...props} /> : <p>Please sign in</p>;
  };
}
