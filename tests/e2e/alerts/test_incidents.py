"""One page an incident: this platform's own routing, in a real Alertmanager that is handed alerts."""

import json
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest
from support.watch import Inbox, get_json, inbox, site_for, until, watched

from platformctl.model.oncall import PagerDutyTarget, Receiver, Route
from platformctl.model.platform import Platform
from platformctl.model.site import Site
from platformctl.model.units import Duration
from platformctl.sources.definitions import load_platform

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).parents[3]
HURRY = 10
"""How many times faster than in earnest: errors wait 2 s for their cause, budgets 9 s, the rest half a second."""


def faster(route: Route) -> Route:
    """The route and those below it, with every wait shortened."""

    def shortened(wait: Duration) -> Duration:
        return Duration(wait.ms // HURRY)

    return replace(
        route,
        group_wait=shortened(route.group_wait),
        group_interval=shortened(route.group_interval),
        repeat_interval=shortened(route.repeat_interval),
        routes=tuple(faster(child) for child in route.routes),
    )


def redirected(receiver: Receiver, address: str) -> Receiver:
    """The receiver with PagerDuty's events going to `address`, under the receiver's name."""
    targets = tuple(
        replace(target, events_url=f"{address}/{receiver.name}")
        for target in receiver.targets
        if isinstance(target, PagerDutyTarget)
    )
    return replace(receiver, targets=targets)


def platform(address: str) -> Platform:
    own = load_platform(ROOT)
    receivers = tuple(redirected(receiver, address) for receiver in own.oncall.receivers)
    return replace(own, oncall=replace(own.oncall, receivers=receivers, route=faster(own.oncall.route)))


@dataclass
class Desk:
    """Where alerts are handed in, and where pages come out."""

    site: Site
    inbox: Inbox

    def hand_in(self, *alerts: Mapping[str, str]) -> None:
        """Give Alertmanager firing alerts with these labels."""
        body = json.dumps(
            [{"labels": labels, "annotations": {"summary": "It happened."}} for labels in alerts]
        )
        request = urllib.request.Request(
            f"http://{self.site.reach('alertmanager', 'http')}/api/v2/alerts",
            body.encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()

    def inhibited(self) -> list[tuple[str, str]]:
        """Name and severity of the alerts that another one silences."""
        url = f"http://{self.site.reach('alertmanager', 'http')}/api/v2/alerts?active=false&inhibited=true"
        found = cast("list[dict[str, dict[str, str]]]", get_json(url))
        return [(one["labels"]["alertname"], one["labels"]["severity"]) for one in found]

    def pages(self) -> list[tuple[str, str, int]]:
        """Receiver, alert and number of alerts in each page that arrived."""
        found = []
        for path, event in list(self.inbox.messages):
            payload = cast("dict[str, object]", event["payload"])
            details = cast("dict[str, str]", payload["custom_details"])
            found.append((path.strip("/"), str(payload["class"]), int(details["num_firing"])))
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with inbox() as far_end:
        watched_platform = platform(far_end.address)
        secrets = ("pagerduty-platform", "pagerduty-backend")
        site = site_for(watched_platform, secrets=secrets)
        with watched(watched_platform, site, tmp_path, "alertmanager"):
            yield Desk(site=site, inbox=far_end)


def alert(name: str, signal: str, **labels: str) -> dict[str, str]:
    """The labels of a critical alert of the backend team."""
    return {"alertname": name, "severity": "critical", "team": "backend", "signal": signal, **labels}


def after_every_wait() -> None:
    """Let every group's wait pass, and some more, so that what has not come will not come."""
    time.sleep(90 / HURRY + 1)


def test_fifty_tenants_of_one_service_are_one_page(desk: Desk) -> None:
    desk.hand_in(*(alert("HighErrorRate", "errors", job="api", tenant=f"tenant-{at}") for at in range(50)))
    until(lambda: desk.pages() or None, "the page")
    after_every_wait()
    assert desk.pages() == [("page-backend", "HighErrorRate", 50)]


def test_a_dead_database_is_paged_and_its_symptoms_are_not(desk: Desk) -> None:
    desk.hand_in(
        alert("HighErrorRate", "errors", job="api"), alert("ResponseOver30s", "latency", job="gateway")
    )
    time.sleep(1)  # the symptom shows first: errors are counted sooner than a connection is given up
    desk.hand_in(alert("PostgresDown", "availability", job="postgres-exporter", team="platform"))
    until(lambda: desk.pages() or None, "the page")
    after_every_wait()
    assert desk.pages() == [("page-platform", "PostgresDown", 1)]


def test_a_dead_service_silences_its_own_symptoms_and_no_others(desk: Desk) -> None:
    desk.hand_in(
        alert("ServiceDown", "availability", job="api"),
        alert("HighErrorRate", "errors", job="api"),
        alert("HighErrorRate", "errors", job="gateway"),
    )
    until(lambda: len(desk.pages()) > 1 or None, "two pages")
    after_every_wait()
    assert sorted(desk.pages()) == [("page-backend", "HighErrorRate", 1), ("page-backend", "ServiceDown", 1)]


def test_most_targets_gone_is_one_page(desk: Desk) -> None:
    many = alert("ManyTargetsDown", "availability", team="platform")
    desk.hand_in(many, *(alert("ServiceDown", "availability", job=f"service-{at}") for at in range(5)))
    until(lambda: desk.pages() or None, "the page")
    after_every_wait()
    assert desk.pages() == [("page-platform", "ManyTargetsDown", 1)]


def test_an_outage_that_is_paged_does_not_page_for_the_budgets_it_burns(desk: Desk) -> None:
    desk.hand_in(
        alert("HighErrorRate", "errors", job="api"),
        *(alert("ErrorBudgetBurnFast", "", slo="availability", tenant=f"inn-{at}") for at in range(9)),
        alert("ErrorBudgetBurnFast", "", slo="latency", tenant="slow-inn"),
    )
    until(lambda: len(desk.pages()) > 1 or None, "two pages")
    after_every_wait()
    assert sorted(desk.pages()) == [
        ("page-backend", "ErrorBudgetBurnFast", 1), ("page-backend", "HighErrorRate", 1),
    ]  # fmt: skip


def test_what_lasts_pages_as_critical_and_is_no_ticket_besides(desk: Desk) -> None:
    pool = {"alertname": "DatabasePoolSaturated", "job": "api", "team": "backend", "signal": "saturation"}
    desk.hand_in(pool | {"severity": "warning"})
    desk.hand_in(pool | {"severity": "critical", "escalated": "true"})
    until(lambda: desk.pages() or None, "the page")
    assert desk.pages() == [("page-backend", "DatabasePoolSaturated", 1)]
    assert desk.inhibited() == [("DatabasePoolSaturated", "warning")]


def test_an_alert_in_shadow_neither_pages_nor_silences(desk: Desk) -> None:
    shadow = {"severity": "info", "rollout": "shadow", "intended_severity": "critical"}
    desk.hand_in(alert("PostgresDown", "availability", job="postgres-exporter") | shadow)
    desk.hand_in(alert("HighErrorRate", "errors", job="api"))
    until(lambda: desk.pages() or None, "the page")
    assert desk.pages() == [("page-backend", "HighErrorRate", 1)]
