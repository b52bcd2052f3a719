"""Rules over log lines on real servers: what they claim, what they record, and that they reach the pager."""

from __future__ import annotations

import json
import time
import urllib.parse
from typing import cast

import pytest
from e2e.logs.conftest import REPOSITORY, Stack
from support.watch import get_json, until

from platformctl.model.rules import AlertRule, LogTest
from platformctl.sources.definitions import load_platform

pytestmark = pytest.mark.e2e

CLAIMS = [
    pytest.param(alert, test, id=f"{alert.name}: {test.claim}")
    for area in load_platform(REPOSITORY).log_areas
    for alert in area.alerts
    for test in alert.log_tests
]


@pytest.mark.parametrize(("alert", "test"), CLAIMS)
def test_what_an_alert_over_log_lines_claims(
    stack: Stack, alert: AlertRule, test: LogTest, request: pytest.FixtureRequest
) -> None:
    """Each claim has an organisation of its own, so that it sees its own lines only."""
    org = f"claim-{abs(hash(request.node.name))}"
    for sample in test.lines:
        now = time.time_ns()
        stack.push(org, dict(sample.labels), *((now - 10**6 * n, sample.line) for n in range(sample.count)))
    written = {"query": 'sum(count_over_time({service=~".+"}[5m]))'}
    until(lambda: _vector(stack.get("/loki/api/v1/query", org, **written)), "the lines in Loki")
    answer = stack.get("/loki/api/v1/query", org, query=alert.expr)
    assert _vector(answer) == [dict(labels) for labels in test.firing]


def _vector(answer: object) -> list[dict[str, str]]:
    result = cast("dict[str, dict[str, list[dict[str, dict[str, str]]]]]", answer)["data"]["result"]
    return [series["metric"] for series in result]


def test_errors_in_a_file_reach_the_pager_and_their_rate_reaches_prometheus(stack: Stack) -> None:
    line = {"event": "room not found", "tenant": "harbour-inn", "service": "booking", "level": "error"}
    stack.write("booking", *(json.dumps({**line, "n": n}) for n in range(30)))
    page = until(lambda: _page(stack, "LogErrorSpike"), "the page")
    assert "booking logs errors for harbour-inn" in json.dumps(page)
    assert "runbooks/LogErrorSpike" in json.dumps(page["links"])
    recorded = until(lambda: _recorded(stack), "the recorded series")
    assert {"tenant": "harbour-inn", "service": "booking"}.items() <= recorded.items()


def _page(stack: Stack, alert: str) -> dict[str, object] | None:
    for event in stack.pages.of("/v2/enqueue"):
        payload = cast("dict[str, str]", event["payload"])
        if payload["class"] == alert and "harbour-inn" in json.dumps(event):
            return event
    return None


def _recorded(stack: Stack) -> dict[str, str] | None:
    query = urllib.parse.quote('tenant:log_errors:rate5m{tenant="harbour-inn"} > 0')
    found = _vector(get_json(f"http://{stack.site.reach('prometheus', 'http')}/api/v1/query?query={query}"))
    return found[0] if found else None
