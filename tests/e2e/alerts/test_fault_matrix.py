"""Each fault of the demo, and what pages, what is a ticket, and that nothing else does. Ten times as fast.

One platform for all tests, in this order. True waits are measured by tests/benchmarks/slo/time_to_page.py.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Final

import pytest
from support import demo
from support.stage import Stage, stage
from support.watch import until

pytestmark = pytest.mark.e2e

PACE: Final = 10
HEALTHY_S: Final = float(os.environ.get("HEALTHY_SECONDS", "10"))
SETTLED_S: Final = 5
"""Longer than a symptom waits for its cause, at this pace."""

Fault = Callable[[Stage], AbstractContextManager[None]]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A fault, the alerts that page, those that are tickets, and those that another one holds back."""

    name: str
    fault: Fault
    pages: frozenset[str] = frozenset()
    tickets: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()


def switch(name: str, **settings: object) -> Fault:
    """A switch of the demo."""
    return lambda there: demo.fault(there.api, name, **settings)


@contextmanager
def slow_and_without_cache(there: Stage) -> Iterator[None]:
    """Two switches that have nothing to do with each other, and wait for a long time."""
    with demo.fault(there.api, "redis-down"), demo.fault(there.api, "slow-query", seconds=0.7, ratio=0.2):
        yield


ERRORS: Final = frozenset({"HighErrorRate"})
ROWS: Final = (  # those that page the same are not neighbours
    Row(name="errors", fault=switch("errors", ratio=0.5), pages=ERRORS),
    Row(
        name="slow-query-and-redis-down",
        fault=slow_and_without_cache,
        tickets=frozenset({"CacheUnreachable", "DatabaseSlowQueries"}),
    ),
    Row(
        name="pool-exhaustion",
        fault=switch("pool-exhaustion"),
        pages=ERRORS,
        tickets=frozenset({"DatabasePoolSaturated"}),
    ),
    Row(name="auth-failures", fault=switch("auth-failures"), pages=frozenset({"LoginsFailEverywhere"})),
    Row(name="database-down", fault=switch("database-down"), pages=ERRORS),
    Row(name="flood", fault=switch("flood", tenant="lumiere", requests_per_second=30)),
    Row(name="dead-database", fault=Stage.dead_database, pages=frozenset({"PostgresDown"}), held=ERRORS),
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


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_fault_pages_what_it_should_and_nothing_else(there: Stage, row: Row) -> None:
    calm(there, *row.pages, *row.tickets, "HighErrorRate")
    began, before = time.monotonic(), there.firing()
    with row.fault(there):
        until(lambda: set(there.pages(since=began)) >= row.pages, f"pages of {set(row.pages)}")
        until(lambda: there.firing() >= row.tickets | row.pages, f"{set(row.tickets | row.pages)} to fire")
        until(lambda: there.inhibited() >= row.held, f"{set(row.held)} to be held back")
        time.sleep(SETTLED_S)
        assert there.incidents(since=began) == sorted(row.pages)
        assert there.firing() - before - MAY == row.tickets | row.pages


def test_what_an_outage_leaves_behind_pages_nobody_and_what_comes_then_does(there: Stage) -> None:
    """After the dead database of the row before."""
    began = time.monotonic()
    calm(there)
    assert there.incidents(since=began) == []
    until(lambda: not there.aftermath(), "the outage to be forgotten")
    with demo.fault(there.api, "errors", ratio=0.5):
        until(lambda: there.pages(since=began), "the page of new errors")
    assert there.incidents(since=began) == ["HighErrorRate"]


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


def test_a_hung_request_pages_and_then_a_dead_service_does_and_nothing_besides(there: Stage) -> None:
    """The last one: the service is not started again."""
    began = time.monotonic()
    with demo.fault(there.api, "latency", seconds=60, route="/api/records"):
        until(lambda: there.pages(since=began), "the page of the hung request")
        assert there.incidents(since=began) == ["ResponseOver30s"]
    there.api.process.kill()
    until(lambda: "ServiceDown" in there.pages(since=began), "the page of the dead service")
    until(lambda: "ResponseOver30s" not in there.firing(), "the hung request to be silenced, or over")
    time.sleep(SETTLED_S)
    assert there.incidents(since=began) == ["ResponseOver30s", "ServiceDown"]
