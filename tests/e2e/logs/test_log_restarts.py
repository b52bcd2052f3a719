"""Lines are neither lost nor doubled while the agent and Loki are restarted; here few, tests/benchmarks/logs many."""

from __future__ import annotations

import signal
import time
from collections import Counter

import pytest
from e2e.logs.conftest import Stack, last_hour
from support.log_flood import GRAVE, Arrived, Flood
from support.watch import until

from platformctl.model.log_query import LogQuery
from platformctl.model.logs import OPERATORS
from platformctl.model.units import Duration
from platformctl.render.promtail import POSITIONS

pytestmark = pytest.mark.e2e


def test_restarts_of_the_agent_and_of_loki_lose_and_double_nothing(stack: Stack) -> None:
    flood = Flood(folder=stack.folder / "logs", tenants=("lumiere", "grand-hotel", "platform"), rate=400)
    with flood.writing():
        for name in ("promtail", "loki", "promtail"):
            before = flood.written
            until(lambda: flood.written > before + 400 or None, "lines before the restart")  # noqa: B023
            stack.processes[name].end()
            stack.processes[name].begin()
    query = last_hour(grep="flood-")

    def arrived(organisations: str, step: int) -> Arrived | None:
        found = Arrived.of(stack.loki(organisations).lines(query), flood.written, step)
        return found if not found.lost else None

    for organisations, step in ((stack.everybody, 1), (OPERATORS, GRAVE)):
        found = until(lambda: arrived(organisations, step), f"every line of {organisations}")  # noqa: B023
        assert found.doubled == 0


def test_a_killed_agent_loses_nothing_of_known_files_and_doubles_what_bears_no_time_for_two_periods_at_most(
    stack: Stack,
) -> None:
    rate, kills, period_s = 200, 2, Duration.parse(POSITIONS).ms / 1000
    flood = Flood(folder=stack.folder / "logs", tenants=("lumiere", "platform"), rate=rate, name="crash")
    _begin_knowing(stack, flood)
    timeless = 0
    with flood.writing():
        for _ in range(kills):
            end = flood.written + rate * period_s * 1.5
            while flood.written < end:
                stack.write("timeless", f"INFO: number {timeless}")
                timeless += 1
                time.sleep(0.1)
            stack.processes["promtail"].end(signal.SIGKILL)
            stack.processes["promtail"].begin()
    query = last_hour(grep="crash-")
    found = until(lambda: _all(stack, query, flood), "every line in Loki")
    assert found.doubled == 0
    seen = Counter(line.text for line in stack.lines("platform", service="timeless"))
    assert len(seen) == timeless
    assert seen.total() - timeless <= kills * 2 * period_s / 0.1


def _begin_knowing(stack: Stack, flood: Flood) -> None:
    """The agent begins with the files there: of one that comes later, a killed agent may lose what it had not sent."""
    for path in [*flood.paths, stack.folder / "logs" / "timeless.log"]:
        path.touch()
    stack.processes["promtail"].end()
    stack.processes["promtail"].begin()


def _all(stack: Stack, query: LogQuery, flood: Flood) -> Arrived | None:
    found = Arrived.of(stack.loki(stack.everybody).lines(query), flood.written)
    return found if not found.lost else None
