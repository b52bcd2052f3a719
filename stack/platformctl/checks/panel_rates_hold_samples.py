"""A rate looks back far enough to find two samples, whatever the zoom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import promql_parser as promql

from platformctl.checks._expressions import Expression, dashboard_queries, filled
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem

_RATES: Final = frozenset({"rate", "irate", "increase", "delta"})
_LEAST: Final = timedelta(minutes=1)
"""Four scrapes at the usual 15 seconds: one may fail, and the rate still stands."""


def panel_rates_hold_samples(platform: Platform) -> Iterator[Problem]:
    """One problem for each expression with a rate over ``$__interval``, or over less than a minute."""
    for dashboard in platform.dashboards:
        for owner, text in dashboard_queries(dashboard):
            tree = Expression(owner, filled(text), "").parsed()
            if tree is not None and any(window < _LEAST for window in _windows(tree)):
                yield Problem(
                    check="panel_rates_hold_samples",
                    what=f"{owner} of {dashboard.uid} takes a rate over a range that may hold no two samples",
                    where=platform.origin("dashboard", dashboard.uid),
                    fix="use [$__rate_interval], or a fixed range of a minute or more",
                )


def _windows(tree: promql.Expr) -> list[timedelta]:
    """The ranges of all rates; a filled-in ``$__interval`` is one of half a minute."""
    found: list[timedelta] = []

    def visit(node: promql.Expr) -> None:
        if isinstance(node, promql.Call) and node.func.name in _RATES:
            found.extend(a.range for a in node.args if isinstance(a, promql.MatrixSelector))

    promql.walk(tree, visit)
    return found
