"""This platform's own alerts: no check complains."""

from pathlib import Path

import pytest

from platformctl.checks.table import CHECKS
from platformctl.model.platform import Platform
from platformctl.model.problem import Level
from platformctl.sources.definitions import load_platform

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def platform() -> Platform:
    return load_platform(ROOT)


def test_no_check_finds_an_error(platform: Platform) -> None:
    found = [problem for check in CHECKS for problem in check(platform)]
    assert [problem for problem in found if problem.level is Level.ERROR] == []


def test_every_alert_says_why_it_waits(platform: Platform) -> None:
    waiting = [a for a in platform.alerts if a.for_.ms or a.keep_firing_for.ms]
    assert waiting
    assert [alert.name for alert in waiting if not alert.why_for] == []


def test_a_dead_service_pages_within_a_minute_by_its_own_arithmetic(platform: Platform) -> None:
    """Scrape, evaluation, `for` and group_wait at their worst, for targets scraped every 15 s."""
    from platformctl.model.routing import routes_for

    alert = next(a for a in platform.alerts if a.name == "ServiceDown")
    area = next(a for a in platform.areas if alert in a.alerts)
    labels = {**alert.labels, "alertname": alert.name, "severity": "critical", "team": alert.team}
    (route,) = routes_for(platform.oncall.route, labels)
    assert 15 + area.interval.seconds + alert.for_.seconds + route.group_wait.seconds <= 45
