"""Lines are neither lost nor doubled while the agent and Loki are restarted; here few, tests/benchmarks/logs many."""

from __future__ import annotations

import pytest
from e2e.logs.conftest import Stack, last_hour
from support.log_flood import GRAVE, Arrived, Flood
from support.watch import until

from platformctl.model.logs import OPERATORS

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
