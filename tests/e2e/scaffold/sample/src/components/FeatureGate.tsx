"use client";

import type { ReactNode } from "react";
import { useTenant } from "@/lib/tenant-context";

export interface FeatureGateProps {
  flag: string;
  children: ReactNode;
}

export function FeatureGate({ flag, children }: FeatureGateProps) {
  const { tenant } = useTenant();
  return tenant.flags[flag] === true ? <>{children}</> : null;
}
