"""This platform's own alerts: no check complains."""

from pathlib import Path

import pytest

from platformctl.checks.table import CHECKS
from platformctl.model.platform import Platform
from platformctl.model.problem import Level
from platformctl.model.routing import routes_for
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


def worst_s(platform: Platform, name: str) -> float:
    """Scrape, evaluation, `for` and group_wait of an alert at their worst, for targets scraped every 5 s."""
    area, alert = next((ar, al) for ar in platform.areas for al in ar.alerts if al.name == name)
    labels = {**alert.labels, "alertname": name, "severity": "critical", "team": alert.team}
    (route,) = routes_for(platform.oncall.route, labels)
    return 5 + area.interval.seconds + alert.for_.seconds + route.group_wait.seconds


@pytest.mark.parametrize(
    ("name", "at_most_s"),
    [
        ("ServiceDown", 30),
        ("PostgresDown", 20),
        ("RedisDown", 20),
        ("HighErrorRate", 35),
        ("ResponseOver30s", 20),
    ],
)
def test_a_critical_alert_pages_within_a_minute_by_its_own_arithmetic(
    platform: Platform, name: str, at_most_s: float
) -> None:
    """ResponseOver30s: from the thirtieth second on. HighErrorRate: once its minute's rate is over 5 %."""
    assert worst_s(platform, name) <= at_most_s


@pytest.mark.parametrize("cause", ["PostgresDown", "RedisDown"])
def test_a_cause_fires_before_its_errors_are_paged(platform: Platform, cause: str) -> None:
    area, alert = next((ar, al) for ar in platform.areas for al in ar.alerts if al.name == cause)
    errors = {"alertname": "HighErrorRate", "severity": "critical", "team": "backend", "signal": "errors"}
    (route,) = routes_for(platform.oncall.route, errors)
    assert 5 + area.interval.seconds + alert.for_.seconds < route.group_wait.seconds
