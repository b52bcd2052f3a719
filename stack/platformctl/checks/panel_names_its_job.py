"""What every process publishes is not mixed up: a panel says whose CPU or memory it shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from platformctl.checks._expressions import TARGET_LABELS, Expression, dashboard_queries, filled, known_series
from platformctl.checks._promql import selectors
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem

_OF_EVERY_PROCESS: Final = ("process_", "go_", "python_")


def panel_names_its_job(platform: Platform) -> Iterator[Problem]:
    """One problem for each query that reads such a metric and neither chooses nor shows a job or an instance."""
    series = known_series(platform)
    for dashboard in platform.dashboards:
        for owner, text in dashboard_queries(dashboard):
            tree = Expression(owner, filled(text), "").parsed()
            if tree is None:
                continue
            shown = series.result(tree).labels
            mixed = [
                selector.name
                for selector in selectors(tree)
                if (selector.name or "").startswith(_OF_EVERY_PROCESS)
                and not TARGET_LABELS & {matcher.name for matcher in selector.matchers.matchers}
            ]
            if mixed and shown is not None and not TARGET_LABELS & shown:
                yield Problem(
                    check="panel_names_its_job",
                    what=f"{owner} of {dashboard.uid} mixes {mixed[0]} of all jobs",
                    where=platform.origin("dashboard", dashboard.uid),
                    fix='choose with job="...", or show them: sum by (job) (...)',
                )
