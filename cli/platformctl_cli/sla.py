"""An SLA report on a terminal: one line a tenant, or one tenant whole."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.sla import wording
from platformctl.sla.report import Report, Statement
from platformctl.sla.wording import NO_FIGURE
from platformctl_cli import show

_MOST_LINES = 20
_HEADERS = (
    "TENANT", "TIER", "AVAILABILITY", "OBJECTIVE", "BUDGET LEFT", "DOWN", "REQUESTS", "FAST ENOUGH", "CREDIT",
    "TREND", "",
)  # fmt: skip


def show_report(report: Report) -> None:
    """The report as a result."""
    for line in _head(report):
        show.result(line)
    show.table(_HEADERS, (_row(statement) for statement in report.statements))
    for line in _foot(report):
        show.result(line)


def _head(report: Report) -> Iterator[str]:
    period = report.period
    yield f"SLA report {period.name}, {report.scope}"
    yield f"{wording.local(period.start, period.zone)} to {wording.local(period.end, period.zone)}, {period.zone}"
    if report.provisional:
        yield f"! provisional: the period is not over; figures end at {wording.local(report.until, period.zone)}"
    yield ""


def _row(s: Statement) -> tuple[str, ...]:
    requests, target = s.availability.counts, s.availability.target
    if not s.known:
        return (s.tenant, s.tier, *([NO_FIGURE] * 8), "no data")
    before = s.past[0].requests if s.past else None
    return (
        s.tenant,
        s.tier,
        wording.percent(requests.ratio),
        wording.target(target),
        wording.left(requests.left(target)) if target is not None else NO_FIGURE,
        wording.duration(s.minutes.counted_bad),
        wording.number(requests.total),
        wording.percent(s.latency.counts.ratio, 2),
        wording.credit(s.credit),
        wording.trend(requests, before),
        "ok" if s.kept else "broken",
    )


def _foot(report: Report) -> Iterator[str]:
    zone = report.period.zone
    kept = len(report.statements) - len(report.breaches)
    yield ""
    yield f"{kept} of {len(report.statements)} tenants: objectives met"
    yield from _some(
        "incident", [_incident(i.alert, i.tenant, wording.when(i.when, zone)) for i in report.incidents]
    )
    yield from _some("! not observed", [wording.when(gap, zone) for gap in report.quality.gaps])
    yield from _some("! platform outage", [wording.when(outage, zone) for outage in report.quality.outages])
    for note in report.quality.notes:
        yield f"! {note}"
    for statement in report.statements:
        yield from (f"! {statement.tenant}: {note}" for note in statement.notes)


def _incident(alert: str, tenant: str, when: str) -> str:
    return f"{alert}{f' ({tenant})' if tenant else ''}, {when}"


def _some(title: str, lines: list[str]) -> Iterator[str]:
    yield from (f"{title}: {line}" for line in lines[:_MOST_LINES])
    if len(lines) > _MOST_LINES:
        yield f"... and {len(lines) - _MOST_LINES} more; --json has them all"
