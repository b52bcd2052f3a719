import * as React from "react";
import { cn } from "./cn";

export interface BadgeProps extends React.HTMLAttributes<HTMLSpanElement> {
  tone?: "neutral" | "danger";
}

export const Badge = React.forwardRef<HTMLSpanElement, BadgeProps>(({ className, tone = "neutral", ...props }, ref) => (
  <span ref={ref} className={cn("badge", tone === "danger" && "badge-danger", className)} {...props} />
));
Badge.displayName = "Badge";
