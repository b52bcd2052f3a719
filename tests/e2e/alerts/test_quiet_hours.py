"""Quiet hours over time: a real Alertmanager, this platform's routes, and hours that end within a minute."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from support.desk import HURRY, alert, desk
from support.watch import until

from platformctl.model.oncall import OnCall, Route
from platformctl.model.units import seconds

pytestmark = pytest.mark.e2e
OFFSET: Final = timedelta(hours=5, minutes=45)
ZONE: Final = "Asia/Kathmandu"  # of that offset, all year round
ENOUGH_S: Final = 15


def next_minute() -> datetime:
    """The end of this minute, or of the next one where too little is left to see anything."""
    now = datetime.now(UTC)
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1 if now.second < 60 - ENOUGH_S else 2)


def often(route: Route) -> Route:
    """The route, looking again every two seconds (at this hurry) whether its groups may be told."""
    return replace(route, group_interval=seconds(2 * HURRY), routes=tuple(map(often, route.routes)))


def quiet_until(oncall: OnCall, end: datetime) -> OnCall:
    """Every quiet time of ours, moved to the hours before `end`, by the clock and the weekday of another zone."""
    there = end + OFFSET
    begin = there - timedelta(hours=9)
    moved = {
        "start": f"{begin:%H:%M}",
        "end": f"{there:%H:%M}",
        "time_zone": ZONE,
        "weekdays": (f"{there:%A}".lower(), f"{begin:%A}".lower()),
    }
    return replace(
        oncall,
        route=often(oncall.route),
        quiet_hours=tuple(replace(each, **moved) for each in oncall.quiet_hours),
    )


def test_a_ticket_of_the_night_is_told_in_the_morning_and_a_page_or_a_high_tier_at_once(
    tmp_path: Path,
) -> None:
    end = next_minute()
    with desk(tmp_path, lambda oncall: quiet_until(oncall, end)) as here:
        ticket = alert("DatabaseSlowQueries", "latency", job="api") | {"severity": "warning"}
        paid_for = alert("TenantSlow", "latency", tenant="inn", tier="platinum") | {"severity": "warning"}
        here.hand_in(ticket, paid_for, alert("HighErrorRate", "errors", job="gateway"))
        until(
            lambda: len(here.told()) >= 2 and here.pages(), "the page and the ticket of the platinum tenant"
        )
        time.sleep(max(0.0, (end - datetime.now(UTC)).total_seconds() - 0.5))
        assert here.pages() == [("page-backend", "HighErrorRate", 1)]
        assert sorted(here.told()) == ["[critical] HighErrorRate on gateway", "[warning] TenantSlow"]
        until(lambda: len(here.told()) > 2, "the ticket, now that the night is over")
        assert datetime.now(UTC) >= end
        assert here.told()[2:] == ["[warning] DatabaseSlowQueries on api"]
