"""Queries held against a real Prometheus: what fails, what gives nothing, what gives too much."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from support.sample import PLATFORM

from platformctl.app.check_live import LiveReport, ask_platform
from platformctl.app.live_panels import Servers, Verdict
from platformctl.model.dashboard import Audience, Dashboard, Row, Variable
from platformctl.model.panel import Panel, PanelKind, Query
from platformctl.model.problem import Level
from platformctl.model.rules import AlertArea, RecordingRule
from platformctl.model.units import minutes
from platformctl.sources.http import HttpServer
from platformctl.sources.live_query import PROMETHEUS_API, QueryServer

pytestmark = pytest.mark.e2e


def _panel(title: str, *exprs: str, kind: PanelKind = PanelKind.STAT, reason: str = "") -> Panel:
    queries = tuple(Query(expr=expr, legend="value") for expr in exprs)
    return Panel(title=title, description="x", kind=kind, queries=queries, empty_reason=reason)


DASHBOARD = Dashboard(
    uid="sample",
    title="Sample",
    question="How does each query fare?",
    audience=Audience.OPERATIONS,
    variables=(
        Variable(name="job", label="Job", metric="up", of="job", multi=False),
        Variable(name="none", label="None", metric="no_such_metric", of="job"),
    ),
    rows=(
        Row(
            title="All",
            panels=(
                _panel("well", 'up{job="$job"}', "rate(up[$__rate_interval])"),
                _panel("table", "count by (job) (up)", kind=PanelKind.TABLE),
                _panel("broken", "up * on (nothing) up"),
                _panel("empty", "no_such_metric"),
                _panel("not a number", "up * 0 / 0"),
                _panel("explained", "no_such_metric", reason="nothing to see"),
                _panel("half", "up", "no_such_metric"),
                _panel("crowd", 'count by (__name__) ({__name__=~".+"})'),
                _panel("lines", '{job="api"}', kind=PanelKind.LOGS),
            ),
        ),
    ),
)
RULES = AlertArea(
    name="sample",
    recording_rules=(
        RecordingRule(name="job:up:min", expr="min by (job) (up)", help="x"),
        RecordingRule(name="job:broken:sum", expr="up * on (nothing) up", help="x"),
    ),
    alerts=tuple(replace(alert, expr="no_such_metric > 1") for alert in PLATFORM.alerts[:1]),
)


@pytest.fixture
def report(prometheus: str) -> LiveReport:
    platform = replace(PLATFORM, dashboards=(DASHBOARD,), areas=(RULES,))
    server = QueryServer(server=HttpServer(prometheus), api=PROMETHEUS_API)
    servers = Servers(prometheus=server, loki=None, now_s=time.time())
    return LiveReport(
        prometheus=prometheus, loki="", pages=tuple(ask_platform(platform, servers, minutes(5)))
    )


def test_every_query_gets_the_verdict_that_it_deserves(report: LiveReport) -> None:
    dashboard, rules = report.pages
    verdicts = {finding.subject: finding.verdict for finding in dashboard.findings}
    assert verdicts == {
        "variable 'job'": Verdict.OK,
        "variable 'none'": Verdict.EMPTY,
        "panel 'well'": Verdict.OK,
        "panel 'table'": Verdict.OK,
        "panel 'broken'": Verdict.ERROR,
        "panel 'empty'": Verdict.EMPTY,
        "panel 'not a number'": Verdict.EMPTY,
        "panel 'explained'": Verdict.EXPLAINED,
        "panel 'half'": Verdict.PARTLY,
        "panel 'crowd'": Verdict.MANY,
        "panel 'lines'": Verdict.NOT_ASKED,
    }
    assert [finding.verdict for finding in rules.findings] == [Verdict.OK, Verdict.ERROR, Verdict.BLIND]


def test_what_fails_or_is_empty_is_an_error_and_the_rest_is_told(report: LiveReport) -> None:
    problems = report.problems()
    counts = [problems.count(level) for level in (Level.ERROR, Level.WARNING, Level.SKIPPED)]
    assert counts == [5, 3, 1]
    broken = next(p for p in problems.problems if "'broken'" in p.what)
    assert broken.what.startswith("panel 'broken' of sample: found duplicate series")
