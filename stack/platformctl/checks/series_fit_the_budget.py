"""The metrics of the platform's own catalogue stay within the series that one Prometheus can hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from platformctl.model.platform import Platform
from platformctl.model.problem import Problem
from platformctl.model.sizes import most_series

BUDGET: Final = 2_000_000
"""Series of one Prometheus: at some 3 KB each in memory, 6 GB."""


def series_fit_the_budget(platform: Platform) -> Iterator[Problem]:
    """A problem when the catalogue times the tenants is more than the budget, with its greatest families."""
    sizes = most_series(platform)
    total = sum(sizes.values())
    if total > BUDGET:
        greatest = sorted(sizes, key=lambda name: (-sizes[name], name))[:3]
        shown = ", ".join(f"{name} {sizes[name]:,}" for name in greatest)
        yield Problem(
            check="series_fit_the_budget",
            what=f"{len(platform.tenants):,} tenants may make {total:,} series; the budget is {BUDGET:,}",
            where="stack/platform_telemetry/src/platform_telemetry/contract.py",
            fix=f"take labels or buckets from the greatest families: {shown}",
        )
