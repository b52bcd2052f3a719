"""Each switch of the demo, and what pages, what is a ticket, and that nothing else does. Ten times as fast.

One platform for all tests, in this order. True waits are measured by tests/benchmarks/slo/time_to_page.py.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Final

import pytest
from support import demo
from support.stage import Stage, stage
from support.watch import until

pytestmark = pytest.mark.e2e

PACE: Final = 10
HEALTHY_S: Final = float(os.environ.get("HEALTHY_SECONDS", "15"))
SETTLED_S: Final = 5
"""Longer than a symptom waits for its cause, at this pace."""

SWITCHES: Final = (
    # switch, its settings, pages, tickets; those that page the same are not neighbours
    ("errors", {"ratio": 0.5}, {"HighErrorRate"}, set[str]()),
    ("redis-down", {}, set[str](), {"CacheUnreachable"}),
    ("pool-exhaustion", {}, {"HighErrorRate"}, {"DatabasePoolSaturated"}),
    ("slow-query", {"seconds": 0.7, "ratio": 0.2}, set[str](), {"DatabaseSlowQueries"}),
    ("auth-failures", {}, {"LoginsFailEverywhere"}, set[str]()),
    ("database-down", {}, {"HighErrorRate"}, set[str]()),
    ("flood", {"tenant": "lumiere", "requests_per_second": 30}, set[str](), set[str]()),
)

MAY: Final = {"AuthenticationFailureSpike"}
"""Its floor is twenty failures of one tenant: more than the traffic gives on a busy machine."""


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("stage"), pace=PACE) as running:
        yield running


def calm(there: Stage, *alerts: str) -> None:
    """Wait until these no longer fire, or nothing does, and PagerDuty has been told."""

    def over() -> bool:
        left = there.firing() | there.inhibited() | there.open_incidents()
        return not (left & set(alerts) if alerts else left)

    until(over, f"{alerts or 'all'} to be over")


def test_a_healthy_platform_under_traffic_pages_nobody(there: Stage) -> None:
    time.sleep(HEALTHY_S)
    assert there.events() == []
    assert there.firing() == set()
    assert there.api.value("tenant_requests_total") > HEALTHY_S


@pytest.mark.parametrize(("switch", "settings", "pages", "tickets"), SWITCHES, ids=[s[0] for s in SWITCHES])
def test_a_switch_pages_what_it_should_and_nothing_else(
    there: Stage, switch: str, settings: dict[str, object], pages: set[str], tickets: set[str]
) -> None:
    calm(there, *pages, *tickets, "HighErrorRate")
    began, before = time.monotonic(), there.firing()
    with demo.fault(there.api, switch, **settings):
        until(
            lambda: set(there.pages(since=began)) >= pages and there.firing() >= tickets | pages,
            f"{pages or 'no'} pages and {tickets or 'no'} tickets",
        )
        time.sleep(SETTLED_S)
        assert there.incidents(since=began) == sorted(pages)
        assert there.firing() - before - MAY == tickets | pages


def test_a_fault_that_begins_while_those_who_tell_are_dead_is_paged_once(there: Stage) -> None:
    calm(there)
    began = time.monotonic()
    there.kill("alertmanager")
    with demo.fault(there.api, "errors", ratio=0.5):
        time.sleep(3)
        there.start("alertmanager")
        until(lambda: there.pages(since=began), "the page")
        there.kill("prometheus")
        there.kill("alertmanager")
        there.start("alertmanager")
        there.start("prometheus")
        until(lambda: "HighErrorRate" in there.firing(), "the alert to be known again")
        time.sleep(SETTLED_S)
        assert there.incidents(since=began) == ["HighErrorRate"]
        assert {event.action for event in there.events(since=began)} == {"trigger"}
    calm(there)
    assert there.incidents(since=began) == ["HighErrorRate"]
    assert there.events(since=began)[-1].action == "resolve"


def test_a_dead_database_pages_once_and_its_symptoms_do_not(there: Stage) -> None:
    began = time.monotonic()
    there.kill_database()
    until(lambda: there.pages(since=began), "a page")
    until(lambda: "HighErrorRate" in there.inhibited(), "the errors to show")
    time.sleep(SETTLED_S)
    assert there.incidents(since=began) == ["PostgresDown"]
    there.start_database()
    calm(there)
    assert there.incidents(since=began) == ["PostgresDown"]


def test_a_hung_request_pages_and_a_dead_service_silences_it(there: Stage) -> None:
    began = time.monotonic()
    with demo.fault(there.api, "latency", seconds=60, route="/api/records"):
        until(lambda: there.pages(since=began), "the page of the hung request")
        assert there.incidents(since=began) == ["ResponseOver30s"]
        there.api.process.kill()
        until(lambda: "ServiceDown" in there.pages(since=began), "the page of the dead service")
        time.sleep(SETTLED_S)
        assert there.incidents(since=began) == ["ResponseOver30s", "ServiceDown"]
