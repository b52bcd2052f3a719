"""The vocabulary of what tenants do: recorded by ``alerts_src/business_counts.py``, read by benchmarks."""

from __future__ import annotations

from typing import Final

EVENTS: Final = "tenant:business"
"""Recorded as increments by tenant and figure."""

REVENUE: Final = "revenue_cents"
GOALS: Final = "goals"
TOOL_RUNS: Final = "tool_runs"
ACTIONS: Final = "actions"

FIGURES: Final = (REVENUE, GOALS, TOOL_RUNS, ACTIONS)
