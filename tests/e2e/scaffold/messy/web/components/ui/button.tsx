import * as React from "react";
import { cn } from "@market/ui";

type Variants = { variant?: "default" | "outline"; size?: "sm" | "lg" };

function Button({ className, variant = "default", size = "sm", ...props }: React.ComponentProps<"button"> & Variants) {
  return <button data-slot="button" className={cn(variant, size, className)} {...props} />;
}

export { Button };
