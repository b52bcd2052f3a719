"""One page an incident: this platform's own routing, in a real Alertmanager that is handed alerts."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desk import HURRY, Desk, alert
from support.desk import desk as running_desk
from support.watch import until

pytestmark = pytest.mark.e2e


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with running_desk(tmp_path) as running:
        yield running


def after_every_wait() -> None:
    """Let every group's wait pass, and some more, so that what has not come will not come."""
    time.sleep(90 / HURRY + 1)


def test_fifty_tenants_of_one_service_are_one_page(desk: Desk) -> None:
    desk.hand_in(*(alert("HighErrorRate", "errors", job="api", tenant=f"tenant-{at}") for at in range(50)))
    until(lambda: desk.pages() or None, "the page")
    after_every_wait()
    assert desk.pages() == [("page-backend", "HighErrorRate", 50)]


def test_a_page_shows_the_picture_of_its_alert_and_none_where_there_is_none(desk: Desk) -> None:
    picture = "https://pictures.example.com/api.png"
    desk.hand_in(alert("HighErrorRate", "errors", job="api"), image_url=picture)
    desk.hand_in(alert("HighErrorRate", "errors", job="gateway"))
    until(lambda: len(desk.pages()) > 1 and len(desk.told()) > 1, "two pages, and two messages")
    shown = {
        event["payload"]["component"]: event.get("images") or []  # type: ignore[index,call-overload]
        for event in desk.inbox.of("/page-backend")
    }
    assert shown == {
        "api": [{"src": picture, "href": "", "alt": "[critical] HighErrorRate on api"}],
        "gateway": [],
    }
    slack = [body["attachments"][0].get("image_url", "") for body in desk.inbox.of("/slack")]  # type: ignore[index]
    assert sorted(slack) == ["", picture]


def test_a_dead_database_is_paged_and_its_symptoms_are_not(desk: Desk) -> None:
    desk.hand_in(alert("HighErrorRate", "errors", job="api"))
    time.sleep(1)  # the symptom shows first: errors are counted sooner than a connection is given up
    desk.hand_in(alert("PostgresDown", "availability", job="postgres-exporter", team="platform"))
    desk.hand_in(alert("ResponseOver30s", "latency", job="gateway"))  # thirty seconds later, in earnest
    until(lambda: desk.pages() or None, "the page")
    after_every_wait()
    assert desk.pages() == [("page-platform", "PostgresDown", 1)]


def test_a_dead_service_silences_its_own_symptoms_and_no_others(desk: Desk) -> None:
    desk.hand_in(
        alert("ServiceDown", "availability", job="api"),
        alert("HighErrorRate", "errors", job="api"),
        alert("HighErrorRate", "errors", job="gateway"),
        alert("ServiceDown", "availability", job="ratelimit"),
        alert("RateLimiterBypassed", "availability", job="edge", team="platform"),
    )
    until(lambda: len(desk.pages()) > 2 or None, "three pages")
    after_every_wait()
    assert sorted(desk.pages()) == [
        ("page-backend", "HighErrorRate", 1),
        ("page-backend", "ServiceDown", 1),
        ("page-backend", "ServiceDown", 1),
    ]


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
        alert("ErrorBudgetBurnServiceFast", "", slo="availability", job="api"),
        alert("ErrorBudgetBurnFast", "", slo="latency", tenant="slow-inn"),
    )
    until(lambda: len(desk.pages()) > 1 or None, "two pages")
    after_every_wait()
    assert sorted(desk.pages()) == [
        ("page-backend", "ErrorBudgetBurnFast", 1), ("page-backend", "HighErrorRate", 1),
    ]  # fmt: skip


def test_what_errors_leave_in_long_windows_pages_nobody_and_what_is_new_in_short_ones_does(
    desk: Desk,
) -> None:
    desk.hand_in(
        {"alertname": "IncidentRecent", "severity": "info", "team": "platform", "cause": "HighErrorRate"},
        alert("ErrorBudgetBurnFast", "", slo="availability", tenant="inn"),
        alert("ErrorBudgetBurnServiceFast", "", slo="availability", job="api"),
        alert("ErrorBudgetBurnFast", "", slo="latency", tenant="slow-inn"),
        alert("ManyTenantsFailing", "errors"),
        alert("LoginsFailEverywhere", "auth"),
    )
    until(lambda: len(desk.pages()) > 1 or None, "two pages")
    after_every_wait()
    assert sorted(desk.pages()) == [
        ("page-backend", "ErrorBudgetBurnFast", 1), ("page-backend", "LoginsFailEverywhere", 1),
    ]  # fmt: skip
    held = [
        ("ErrorBudgetBurnFast", "critical"),
        ("ErrorBudgetBurnServiceFast", "critical"),
        ("ManyTenantsFailing", "critical"),
    ]
    assert sorted(desk.inhibited()) == held


def test_errors_and_log_ins_wait_until_an_outage_is_forgotten(desk: Desk) -> None:
    desk.hand_in(
        {"alertname": "OutageRecent", "severity": "info", "team": "platform"},
        alert("HighErrorRate", "errors", job="api"),
        alert("LoginsFailEverywhere", "auth"),
        alert("ResponseOver30s", "latency", job="api", route="/reports"),
    )
    until(lambda: desk.pages() or None, "the page of what no outage leaves behind")
    after_every_wait()
    assert desk.pages() == [("page-backend", "ResponseOver30s", 1)]


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
