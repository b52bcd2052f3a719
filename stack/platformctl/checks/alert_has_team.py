"""Every alert belongs to a team of ONCALL."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.platform import Platform
from platformctl.model.problem import Problem


def alert_has_team(platform: Platform) -> Iterator[Problem]:
    """One problem for each alert whose team is not defined."""
    teams = [team.name for team in platform.oncall.teams]
    for alert in platform.alerts:
        if alert.team not in teams:
            yield Problem(
                check="alert_has_team",
                what=f"{alert.name} belongs to the team {alert.team!r}, which is not defined",
                where=platform.origin("alert", alert.name),
                fix=f"name one of: {', '.join(teams)}; or define it in alerts_src/oncall.py",
            )
