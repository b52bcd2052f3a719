"""The description of every panel says which question it answers."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.platform import Platform
from platformctl.model.problem import Level, Problem


def panel_asks_a_question(platform: Platform) -> Iterator[Problem]:
    """One warning for each panel whose description asks nothing."""
    for dashboard in platform.dashboards:
        for panel in dashboard.panels:
            if "?" not in panel.description:
                yield Problem(
                    check="panel_asks_a_question",
                    what=f"panel {panel.title!r} of {dashboard.uid} does not say which question it answers",
                    where=platform.origin("dashboard", dashboard.uid),
                    fix="begin the description with the question, then say how to read the answer",
                    level=Level.WARNING,
                )
