"""Every link of a dashboard leads to a dashboard there is, with variables that it has."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.dashboard import Dashboard
from platformctl.model.panel import Link
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem


def dashboard_links_resolve(platform: Platform) -> Iterator[Problem]:
    """One problem for each unknown dashboard, and for each label that no variable there takes."""
    variables = {d.uid: frozenset(v.name for v in d.variables) for d in platform.dashboards}
    for dashboard in platform.dashboards:
        for owner, link in _links(dashboard):
            if not link.dashboard:
                continue
            known = variables.get(link.dashboard)
            lost = sorted(set(link.by) - known) if known is not None else []
            if known is None or lost:
                what = f"has no variable {lost[0]!r}" if lost else "does not exist"
                yield Problem(
                    check="dashboard_links_resolve",
                    what=f"the link {link.title!r} of {owner} leads to {link.dashboard!r}, which {what}",
                    where=platform.origin("dashboard", dashboard.uid),
                    fix=f"known dashboards: {', '.join(sorted(variables))}" if known is None else "",
                )


def _links(dashboard: Dashboard) -> Iterator[tuple[str, Link]]:
    yield from ((dashboard.uid, link) for link in dashboard.links)
    for panel in dashboard.panels:
        yield from ((f"panel {panel.title!r} of {dashboard.uid}", link) for link in panel.links)
