"""A burn-rate alert can fire: its threshold lies below the burn rate of a total outage."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import promql_parser as promql

from platformctl.checks._expressions import Expression
from platformctl.checks._promql import selectors
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem


def burn_alert_can_fire(platform: Platform) -> Iterator[Problem]:
    """One problem for each threshold that no tenant of a tier can reach.

    When every request fails, the burn rate is 1 / (1 - objective): at 90% it is 10, and 14.4 never comes.
    """
    for alert in platform.metric_alerts:
        tree = Expression(alert.name, alert.expr, "").parsed()
        for threshold in sorted(_thresholds(tree)) if tree else ():
            for tier in platform.tiers:
                for objective in tier.objectives:
                    highest = 1 / (1 - objective.target)
                    if threshold >= highest:
                        yield Problem(
                            check="burn_alert_can_fire",
                            what=f"{alert.name} waits for a burn rate above {threshold}; tier {tier.name}"
                            f" with {objective.sli} {objective.target} never burns faster than {float(highest):.4g}",
                            where=platform.origin("alert", alert.name),
                            fix="raise the objective, or take a lower threshold for that tier",
                        )


def _thresholds(tree: promql.Expr) -> set[Decimal]:
    """The numbers that burn rates are compared with."""
    found: set[Decimal] = set()

    def visit(node: promql.Expr) -> None:
        if (
            isinstance(node, promql.BinaryExpr)
            and str(node.op) in (">", ">=")
            and isinstance(node.rhs, promql.NumberLiteral)
            and any("burn_rate" in (s.name or "") for s in selectors(node.lhs))
        ):
            found.add(Decimal(repr(node.rhs.val)))

    promql.walk(tree, visit)
    return found
