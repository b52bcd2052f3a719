import * as React from "react";
import { cn } from "@market/ui";

const Card = React.forwardRef<HTMLDivElement, React.HTMLAttributes<HTMLDivElement>>(({ className, ...props }, ref) => (
  <div ref={ref} className={cn("card", className)} {...props} />
));
Card.displayName = "Card";

const CardTitle = React.forwardRef<HTMLHeadingElement, React.ComponentPropsWithoutRef<"h3">>(({ className, children, ...props }, ref) => (
  <h3 ref={ref} className={className} {...props}>
    {children}
  </h3>
));
CardTitle.displayName = "CardTitle";

export { Card, CardTitle };
