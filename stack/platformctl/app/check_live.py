"""Hold every query of dashboards and rules against a live Prometheus, and a Loki where one runs."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from platformctl.app.address import address
from platformctl.app.check import Report, worst_first
from platformctl.app.live_panels import Finding, Servers, Verdict, ask_dashboard, judge
from platformctl.app.session import Prepared, Request, open_offline, open_session, prepare, prepare_offline
from platformctl.checks._expressions import Expression
from platformctl.checks._promql import selectors
from platformctl.errors import PlatformError
from platformctl.model.logs import OPERATORS
from platformctl.model.platform import Platform
from platformctl.model.problem import Level, Problem
from platformctl.model.rules import AlertArea, AlertRule, RecordingRule
from platformctl.model.units import Duration
from platformctl.sources.http import HttpServer
from platformctl.sources.live_query import LOKI_API, PROMETHEUS_API, QueryServer, Window

_TIMEOUT_S: Final = 30.0
_MAY_BE_EMPTY: Final = "a rule gives nothing while there is nothing to tell"
_LEVELS: Final = {
    Verdict.ERROR: Level.ERROR,
    Verdict.EMPTY: Level.ERROR,
    Verdict.PARTLY: Level.WARNING,
    Verdict.BLIND: Level.WARNING,
    Verdict.MANY: Level.WARNING,
    Verdict.SLOW: Level.WARNING,
    Verdict.NOT_ASKED: Level.SKIPPED,
}
_FIXES: Final = {
    Verdict.EMPTY: "run the query by hand; where it may rightly be empty, state the panel's empty_reason",
    Verdict.PARTLY: "run the query by hand; where it may rightly be empty, state the panel's empty_reason",
    Verdict.BLIND: "is its exporter deployed, and scraped? platformctl status",
    Verdict.MANY: "aggregate further, or wrap the query in topk(20, ...)",
    Verdict.SLOW: "record the expensive part with a rule in alerts_src/",
    Verdict.NOT_ASKED: "platformctl check --live --loki HOST:PORT",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveRequest:
    """prometheus, loki: ``host:port``, empty for the deployment's own; span: as ``15m``, empty for each dashboard's."""

    base: Request
    prometheus: str = ""
    loki: str = ""
    span: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A dashboard, or an area of rules, and how each of its parts fared; `where` it is defined."""

    name: str
    where: str
    findings: tuple[Finding, ...]

    def count(self, *verdicts: Verdict) -> int:
        """How many parts got one of these verdicts."""
        return sum(1 for finding in self.findings if finding.verdict in verdicts)


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveReport:
    """Every page, dashboards first, and the servers that were asked."""

    prometheus: str
    loki: str
    pages: tuple[Page, ...]

    def problems(self) -> Report:
        """What is wrong, as `platformctl check` tells it."""
        found = (_problem(page, finding) for page in self.pages for finding in page.findings)
        return Report(
            problems=worst_first(problem for problem in found if problem),
            checks=sum(len(page.findings) for page in self.pages),
        )


def check_live(request: LiveRequest) -> LiveReport:
    """Ask every query; raises `PlatformError` where no Prometheus is known or it does not answer."""
    prepared = _prepared(request)
    here = None if request.prometheus else prepared  # one given address leaves the deployment out of it
    prometheus, loki = (
        _place(given, name, here)
        for given, name in ((request.prometheus, "prometheus"), (request.loki, "loki"))
    )
    if not prometheus:
        raise PlatformError(
            "no Prometheus runs in this deployment", fix="platformctl check --live --prometheus HOST:PORT"
        )
    header = {"X-Scope-OrgID": OPERATORS}
    servers = Servers(
        prometheus=QueryServer(server=HttpServer(prometheus, _TIMEOUT_S), api=PROMETHEUS_API),
        loki=QueryServer(server=HttpServer(loki, _TIMEOUT_S, header), api=LOKI_API) if loki else None,
        now_s=time.time(),
    )
    span = Duration.parse(request.span) if request.span else None
    pages = tuple(ask_platform(prepared.platform, servers, span))
    return LiveReport(prometheus=prometheus, loki=loki, pages=pages)


def ask_platform(platform: Platform, servers: Servers, span: Duration | None) -> Iterator[Page]:
    """One page for each dashboard, then one for each area of rules."""
    window = Window(start_s=servers.now_s - 3600, end_s=servers.now_s, step_s=60)
    recorded = frozenset(rule.name for rule in platform.recording_rules)
    seen = servers.prometheus.names(window) | recorded
    for dashboard in sorted(platform.dashboards, key=lambda d: d.uid):
        where = platform.origin("dashboard", dashboard.uid)
        yield Page(name=dashboard.uid, where=where, findings=tuple(ask_dashboard(dashboard, servers, span)))
    for area in platform.areas:
        findings = tuple(_ask_rules(area, servers.prometheus, window, seen))
        yield Page(name=f"rules of {area.name}", where=f"alerts_src/{area.name}.py", findings=findings)


def _ask_rules(
    area: AlertArea, prometheus: QueryServer, window: Window, seen: frozenset[str]
) -> Iterator[Finding]:
    """A rule may give nothing and may give many series; it must not fail, be slow, or look at nothing."""
    rules: tuple[RecordingRule | AlertRule, ...] = (*area.recording_rules, *area.alerts)
    for rule in rules:
        measured = prometheus.measure(rule.expr, window, instant=True)
        finding = judge(rule.name, (measured,), empty_reason=_MAY_BE_EMPTY, most_series=sys.maxsize)
        unseen = sorted(_names(rule.expr) - seen) if isinstance(rule, AlertRule) else []
        if finding.verdict is Verdict.EXPLAINED and unseen:
            detail = f"reads {', '.join(unseen)}, of which nothing was seen in the last hour"
            finding = replace(finding, verdict=Verdict.BLIND, detail=detail)
        yield finding


def _names(expr: str) -> frozenset[str]:
    """The metrics of the expression."""
    tree = Expression("", expr, "").parsed()
    return frozenset(s.name for s in selectors(tree) if s.name) if tree else frozenset()


def _problem(page: Page, finding: Finding) -> Problem | None:
    level = _LEVELS.get(finding.verdict)
    if level is None:
        return None
    return Problem(
        check=f"live: {finding.verdict}",
        what=f"{finding.subject} of {page.name}: {finding.detail}",
        where=page.where,
        fix=_FIXES.get(finding.verdict, ""),
        level=level,
    )


def _prepared(request: LiveRequest) -> Prepared:
    if request.prometheus:
        return prepare_offline(open_offline(request.base), request.base)
    return prepare(open_session(request.base), request.base)


def _place(given: str, name: str, prepared: Prepared | None) -> str:
    """``host:port`` as the user gave it, else the deployment's own; empty where there is none."""
    if given:
        return address(given)
    return prepared.site.published(name, "http") if prepared and prepared.site.has(name) else ""
