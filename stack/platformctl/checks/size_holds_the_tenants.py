"""The size that was chosen is made for as many tenants and series as there may be."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.platform import Platform
from platformctl.model.problem import Level, Problem
from platformctl.model.sizes import need, scale


def size_holds_the_tenants(platform: Platform) -> Iterator[Problem]:
    """One warning when there are more than the size is made for, naming the one that is."""
    has, asked = scale(platform), need(platform)
    if asked.tenants > has.tenants or asked.series > has.series:
        yield Problem(
            check="size_holds_the_tenants",
            level=Level.WARNING,
            what=(
                f"the size {platform.deployment.size} is made for {has.tenants:,} tenants and {has.series:,} series;"
                f" there may be {asked.tenants:,} and {asked.series:,}"
            ),
            where="compose/deployment.py",
            fix=f"size=Size.{asked.size.name}"
            if asked.size
            else "more than one Prometheus: docs/architecture.md",
        )
