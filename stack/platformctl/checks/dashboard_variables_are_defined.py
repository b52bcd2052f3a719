"""A dashboard's queries use only Grafana's macros and the dashboard's own variables."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks._expressions import dashboard_queries
from platformctl.model import macros
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem


def dashboard_variables_are_defined(platform: Platform) -> Iterator[Problem]:
    """One problem for each variable of a query that Grafana would leave in the text as it is."""
    for dashboard in platform.dashboards:
        known = macros.SAMPLE.keys() | {variable.name for variable in dashboard.variables}
        for owner, text in dashboard_queries(dashboard):
            for name in sorted(macros.names(text) - known):
                yield Problem(
                    check="dashboard_variables_are_defined",
                    what=f"{owner} of {dashboard.uid} uses ${name}, which is not defined",
                    where=platform.origin("dashboard", dashboard.uid),
                    fix="add the variable to the dashboard",
                )
