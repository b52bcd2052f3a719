"""The arithmetic of service level agreements: periods, budgets, exclusions, credits. Pure, exact, no floats."""
