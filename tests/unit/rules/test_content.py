"""This platform's own alerts: no check complains, and the servers' judges agree."""

import shutil
from pathlib import Path

import pytest
from support.sites import native_site

from platformctl.checks.table import CHECKS
from platformctl.model.artifact import Artifact
from platformctl.model.platform import Platform
from platformctl.model.problem import Level
from platformctl.render import alertmanager, prometheus, rule_tests, rules
from platformctl.sources.definitions import load_platform
from platformctl.sources.judges import JUDGES, Judge

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def platform() -> Platform:
    return load_platform(ROOT)


@pytest.fixture(scope="module")
def files(platform: Platform) -> dict[str, Artifact]:
    secrets = ("pagerduty-platform", "pagerduty-backend", "slack-webhook")
    site = native_site(platform, secrets=secrets)
    renderers = (prometheus, rules, rule_tests, alertmanager)
    return {a.path: a for module in renderers for a in module.render(platform, site)}


def test_no_check_finds_an_error(platform: Platform) -> None:
    found = [problem for check in CHECKS for problem in check(platform)]
    assert [problem for problem in found if problem.level is Level.ERROR] == []


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.name)
def test_the_servers_own_judges_agree(judge: Judge, files: dict[str, Artifact]) -> None:
    if shutil.which(judge.binary) is None:
        pytest.skip(f"{judge.binary} is not installed")
    assert list(judge(files)) == []


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
