"""An SLA report on a terminal: one line a tenant, or one tenant whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from platformctl.render.sla import view
from platformctl.sla import wording
from platformctl.sla.report import Hour, Report, Statement
from platformctl_cli import show

_MOST_LINES: Final = 20
_MOST_TENANTS: Final = 200
_BARS: Final = "▁▂▃▄▅▆▇█"


def show_report(report: Report) -> None:
    """The report as a result."""
    for line in _head(report):
        show.result(line)
    for statement in report.statements:
        if statement.detail:
            show.table(
                ("FIGURE", "VALUE", ""), ((f.title, f.value, f.beside) for f in view.figures(statement))
            )
    shown = _shown(report)
    if not any(s.detail for s in shown):
        show.table(
            [c.title.upper() for c in view.SUMMARY],
            ([c.of(s) for c in view.SUMMARY] for s in shown),
        )
    for line in _foot(report):
        show.result(line)


def _shown(report: Report) -> tuple[Statement, ...]:
    """As many tenants as a person reads; where they are more, those with broken objectives come first."""
    if len(report.statements) <= _MOST_TENANTS:
        return report.statements
    return tuple(sorted(report.statements, key=lambda s: s.known and s.kept))[:_MOST_TENANTS]


def _head(report: Report) -> Iterator[str]:
    period = report.period
    yield f"SLA report {period.name}, {report.scope}"
    yield f"{wording.local(period.start, period.zone)} to {wording.local(period.end, period.zone)}, {period.zone}"
    if report.provisional:
        yield f"! provisional: the period is not over; figures end at {wording.local(report.until, period.zone)}"
    if report.stated:
        yield view.stated_text(report.stated)
    for restatement in report.restatements:
        yield f"! restatement {restatement.number}: {restatement.reason}"
        yield from (f"    {c.tenant}: was {c.was}, is {c.now}" for c in restatement.corrections)
    yield ""


def _foot(report: Report) -> Iterator[str]:
    zone = report.period.zone
    if (more := len(report.statements) - _MOST_TENANTS) > 0:
        yield f"... and {more} more tenants; --out DIR or --json has them all"
    yield ""
    for statement in report.statements:
        yield from _detail(statement, zone)
    yield view.outcome(report)
    yield from _some("incident", [view.incident_text(i, zone) for i in report.incidents])
    yield from _some("! not observed", [wording.when(gap, zone) for gap in report.quality.gaps])
    yield from _some("! platform outage", [wording.when(outage, zone) for outage in report.quality.outages])
    yield from _some("! partly observed", [wording.when(part, zone) for part in report.quality.partial])
    yield from (f"! {note}" for note in report.quality.notes)
    yield from _some("! note", [f"{s.tenant}: {note}" for s in report.statements for note in s.notes])


def _detail(statement: Statement, zone: str) -> Iterator[str]:
    if statement.detail is None:
        return
    if statement.detail.hours:
        yield f"failed requests by hour: {_sparkline(statement.detail.hours)}"
    yield from _some("down", [wording.when(interval, zone) for interval in statement.detail.down])
    yield from _some("excluded", [f"{wording.when(e.when, zone)}: {e.reason}" for e in statement.excused])


def _sparkline(hours: tuple[Hour, ...]) -> str:
    """One bar an hour, the highest for the hour with most failures; a dot where nothing failed."""
    most = max(hour.requests.bad for hour in hours)
    return "".join(
        _BARS[-(-hour.requests.bad * (len(_BARS) - 1) // most)] if hour.requests.bad else "."
        for hour in hours
    )


def _some(title: str, lines: list[str]) -> Iterator[str]:
    yield from (f"{title}: {line}" for line in lines[:_MOST_LINES])
    if len(lines) > _MOST_LINES:
        yield f"... and {len(lines) - _MOST_LINES} more; --json has them all"
