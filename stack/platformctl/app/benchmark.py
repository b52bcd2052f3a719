"""Benchmarks and summaries: what a report on all tenants says, cut otherwise, beside what tenants did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import Final, TypeAlias

from platformctl.app.deployed import prometheus_url
from platformctl.app.sla_report import ReportRequest, Scope, ScopeKind, make_report
from platformctl.errors import PlatformError, UsageError
from platformctl.model import business, slo
from platformctl.sla import insight, peers
from platformctl.sla.insight import Benchmark, Evidence
from platformctl.sla.peers import Group, Peer, Standing
from platformctl.sla.period import Period
from platformctl.sla.queries import Query
from platformctl.sla.report import Report, Statement
from platformctl.sla.timeline import Interval, whole_hours
from platformctl.sources.history import History

Say: TypeAlias = Callable[[str], None]
ByTenant: TypeAlias = "dict[str, dict[str, int]]"
AVAILABILITY: Final = "availability"
FAST_ENOUGH: Final = "fast_enough"
REQUESTS: Final = "requests"
COMPARED: Final = (AVAILABILITY, FAST_ENOUGH, REQUESTS, business.GOALS, business.TOOL_RUNS, business.ACTIONS)
"""What a tenant may see of its peers. Payments are not among them: nobody's prices concern another."""

_END_OF_MINUTE: Final = timedelta(milliseconds=59_999)


@dataclass(frozen=True, kw_only=True, slots=True)
class PeerComparison:
    """How one tenant stands among its peers; `group` is None where it has too few. Names no other tenant."""

    period: Period
    report: Report
    tenant: Statement
    group: Group | None
    standings: tuple[Standing, ...]
    queries: tuple[Query, ...]


def make_benchmark(request: ReportRequest, say: Say) -> Benchmark:
    """The platform by vertical and tier, for those who run it."""
    report = make_report(replace(request, scope=Scope(ScopeKind.ALL)), say).report
    say("business figures")
    return insight.benchmark(report, _evidence(request, report))


def compare_with_peers(request: ReportRequest, tenant: str, say: Say) -> PeerComparison:
    """One tenant among its peers, for that tenant; raises `UsageError` for one that is not registered."""
    report = make_report(replace(request, scope=Scope(ScopeKind.ALL)), say).report
    own = next((s for s in report.statements if s.tenant == tenant), None)
    if own is None:
        raise UsageError(f"unknown tenant {tenant}", where="slas/tenants.yml")
    if not own.known:
        raise PlatformError(f"the history holds nothing of {tenant} in {report.period.name}")
    say("business figures")
    evidence = _evidence(request, report)
    everybody = {s.tenant: _peer(s, evidence) for s in report.statements if s.known}
    group = peers.group_of(everybody[tenant], tuple(everybody.values()))
    standings = tuple(peers.standing(everybody[tenant], group, f) for f in COMPARED) if group else ()
    return PeerComparison(
        period=report.period,
        report=report,
        tenant=own,
        group=group,
        standings=standings,
        queries=(*report.queries, *evidence.queries),
    )


def _peer(statement: Statement, evidence: Evidence) -> Peer:
    figures: dict[str, Fraction] = {REQUESTS: Fraction(statement.availability.counts.total)}
    for name, counts in (
        (AVAILABILITY, statement.availability.counts),
        (FAST_ENOUGH, statement.latency.counts),
    ):
        if counts.ratio is not None:
            figures[name] = counts.ratio
    if evidence.now is not None:
        done = evidence.now.get(statement.tenant, {})
        figures |= {f: Fraction(done.get(f, 0)) for f in COMPARED if f in business.FIGURES}
    return Peer(tenant=statement.tenant, vertical=statement.vertical, tier=statement.tier, figures=figures)


def _evidence(request: ReportRequest, report: Report) -> Evidence:
    url = request.access.url or prometheus_url(request.workspace, request.start)
    history = History(replace(request.access, url=url))
    span = whole_hours(Interval(start=report.period.start, end=report.until))
    before = report.period.previous()
    past = whole_hours(Interval(start=before.start, end=before.end)) if not report.provisional else None
    now = _counted(history, span) if span else None
    summed = sum(count for _, count in history.sums(_hours_summed(span))) if span else 0
    return Evidence(
        now=now,
        before=_counted(history, past) if past else None,
        hours=span.minutes // 60 if span else 0,
        summed=summed,
        queries=tuple(history.asked),
    )


def _counted(history: History, span: Interval) -> ByTenant | None:
    """None where nothing was recorded: not the same as nothing done."""
    found: ByTenant = defaultdict(dict)
    for labels, count in history.sums(_events(span)):
        found[labels["tenant"]][labels["figure"]] = count
    return dict(found) or None


def _events(span: Interval) -> Query:
    return Query(
        figure="business figures",
        definition="Payments in cents, goals of tenants' customers, runs of tools and actions of users, by tenant, "
        "in whole hours of UTC.",
        text=f"sum by (tenant, figure) (sum_over_time({slo.recorded(business.EVENTS, '1h')}[{span.minutes}m]))",
        at=span.end + _END_OF_MINUTE,
    )


def _hours_summed(span: Interval) -> Query:
    return Query(
        figure="hours with business figures",
        definition="Hours of which the sums were recorded; what was done in the others is not counted.",
        text=f"count_over_time({slo.recorded(slo.HEARTBEAT, '1h')}[{span.minutes}m])",
        at=span.end + _END_OF_MINUTE,
    )
