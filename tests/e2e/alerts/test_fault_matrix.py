"""Each switch of the demo, and what pages, what is a ticket, and that nothing else does. Ten times as fast."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from typing import Final

import pytest
from support import demo
from support.stage import Stage, stage
from support.watch import until

pytestmark = pytest.mark.e2e

PACE: Final = 10
HEALTHY_S: Final = float(os.environ.get("HEALTHY_SECONDS", "20"))
SETTLED_S: Final = 4
"""Longer than a symptom waits for its cause, at this pace."""

SWITCHES: Final = (
    # switch, its settings, pages, tickets
    ("flood", {"tenant": "lumiere", "requests_per_second": 30}, [], set()),
    ("latency", {"seconds": 34, "route": "/api/records"}, ["ResponseOver30s"], set()),
    ("redis-down", {}, [], {"CacheUnreachable"}),
    ("slow-query", {"seconds": 0.7}, [], {"DatabaseSlowQueries"}),
    ("auth-failures", {}, ["LoginsFailEverywhere"], {"AuthenticationFailureSpike"}),
    ("errors", {"ratio": 0.5}, ["HighErrorRate"], set()),
    ("pool-exhaustion", {}, ["HighErrorRate"], {"DatabasePoolSaturated"}),
    ("database-down", {}, ["HighErrorRate"], set()),
)


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("stage"), pace=PACE) as running:
        yield running


def calm(there: Stage) -> None:
    """Wait until nothing fires any more, and PagerDuty has been told."""
    until(lambda: not there.firing() and not there.open_incidents(), "all to be calm")


def test_a_healthy_platform_under_traffic_pages_nobody(there: Stage) -> None:
    time.sleep(HEALTHY_S)
    assert there.events() == []
    assert there.firing() == set()
    assert there.api.value("tenant_requests_total") > HEALTHY_S


@pytest.mark.parametrize(("switch", "settings", "pages", "tickets"), SWITCHES, ids=lambda it: str(it)[:16])
def test_a_switch_pages_what_it_should_and_nothing_else(
    there: Stage, switch: str, settings: dict[str, object], pages: list[str], tickets: set[str]
) -> None:
    calm(there)
    began = time.monotonic()
    with demo.fault(there.api, switch, **settings):
        until(
            lambda: there.pages(since=began) == pages and there.firing() >= tickets | set(pages),
            f"{pages} and {tickets}",
        )
        time.sleep(SETTLED_S)
        assert there.incidents(since=began) == pages
        assert there.firing() == tickets | set(pages)


def test_a_dead_database_pages_once_and_its_symptoms_do_not(there: Stage) -> None:
    calm(there)
    began = time.monotonic()
    os.kill(int((there.postgres.folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGINT)
    until(lambda: there.pages(since=began), "a page")
    until(lambda: "HighErrorRate" in there.inhibited(), "the errors to show")
    time.sleep(SETTLED_S)
    assert there.incidents(since=began) == ["PostgresDown"]
    with there.postgres.running():
        calm(there)
        after_the_restarts_of_those_who_watch(there)
        a_dead_service_pages_once(there)


def a_dead_service_pages_once(there: Stage) -> None:
    """And its errors, which the gateway would see, and the traffic's broken journeys do not."""
    began = time.monotonic()
    there.api.process.kill()
    until(lambda: there.pages(since=began), "a page")
    time.sleep(SETTLED_S)
    assert there.incidents(since=began) == ["ServiceDown"]


def after_the_restarts_of_those_who_watch(there: Stage) -> None:
    """A fault that begins while Alertmanager is dead is paged once it is back; nothing is told twice."""
    began = time.monotonic()
    there.kill("alertmanager")
    with demo.fault(there.api, "errors", ratio=0.5):
        time.sleep(2)
        there.start("alertmanager")
        until(lambda: there.pages(since=began) or None, "the page of a fault that began in the dark")
        there.kill("prometheus")
        there.start("prometheus")
        there.kill("alertmanager")
        there.start("alertmanager")
        until(lambda: "HighErrorRate" in there.firing() or None, "the alert to be known again")
        time.sleep(SETTLED_S)
        assert there.incidents(since=began) == ["HighErrorRate"]
        assert [e.action for e in there.events(since=began)].count("resolve") == 0
    calm(there)
    assert there.incidents(since=began) == ["HighErrorRate"]
