"""The dashboard that an alert links to exists, and has the variables that the link fills in."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.platform import Platform
from platformctl.model.problem import Level, Problem


def alert_dashboard_exists(platform: Platform) -> Iterator[Problem]:
    """A warning for each link that leads nowhere: the alert itself still works."""
    dashboards = {dashboard.uid: dashboard for dashboard in platform.dashboards}
    for alert in platform.alerts:
        link = alert.dashboard
        dashboard = dashboards.get(link.uid)
        if dashboard is None:
            yield _warning(platform, alert.name, f"links to the dashboard {link.uid!r}, which is not defined")
            continue
        known = {variable.name for variable in dashboard.variables}
        for name in sorted(link.variables.keys() - known):
            yield _warning(
                platform, alert.name, f"fills the variable {name!r}, which {link.uid} does not have"
            )


def _warning(platform: Platform, alert: str, what: str) -> Problem:
    return Problem(
        check="alert_dashboard_exists",
        what=f"{alert} {what}",
        where=platform.origin("alert", alert),
        fix=f"dashboards: {', '.join(d.uid for d in platform.dashboards) or 'none yet'}",
        level=Level.WARNING,
    )
