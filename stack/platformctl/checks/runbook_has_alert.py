"""Every runbook page belongs to an alert."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.platform import Platform
from platformctl.model.problem import Level, Problem


def runbook_has_alert(platform: Platform) -> Iterator[Problem]:
    """A warning for each page that no alert will ever open."""
    alerts = {alert.name for alert in platform.alerts}
    for page in platform.runbooks:
        if page.name not in alerts:
            yield Problem(
                check="runbook_has_alert",
                what=f"no alert is called {page.name}",
                where=page.path,
                fix="rename the page after its alert, or delete it",
                level=Level.WARNING,
            )
