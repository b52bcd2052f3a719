"""Routes group by incident and not by tenant, and name quiet hours that are defined."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from platformctl.model.oncall import walk
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem

_TOO_FINE: Final = frozenset({"tenant", "..."})
_WHERE: Final = "alerts_src/oncall.py"


def routes_are_sound(platform: Platform) -> Iterator[Problem]:
    """One problem for each route that would page once a tenant, or is muted at a time nobody defined."""
    defined = {quiet.name for quiet in platform.oncall.quiet_hours}
    for route in walk(platform.oncall.route):
        for label in sorted(_TOO_FINE & set(route.group_by)):
            yield _problem(
                f"the route to {route.receiver} groups by {label!r}: an outage pages once for each tenant",
                "group by what makes an incident: alertname, job",
            )
        for name in route.mute_times:
            if name not in defined:
                yield _problem(
                    f"the route to {route.receiver} is muted in {name!r}, which is not defined",
                    f"quiet hours: {', '.join(sorted(defined)) or 'none'}",
                )


def _problem(what: str, fix: str) -> Problem:
    return Problem(check="routes_are_sound", what=what, where=_WHERE, fix=fix)
