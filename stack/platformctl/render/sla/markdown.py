"""A report as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platformctl.render._markdown import table as _table
from platformctl.render._markdown import text as _text
from platformctl.render.sla import appendix, view
from platformctl.sla import wording
from platformctl.sla.report import Detail, Report, Statement


def render(report: Report, rows: Sequence[view.Row]) -> str:
    """The whole report; `rows` are the summary's (`view.rows`)."""
    return "\n".join(_lines(report, rows)) + "\n"


def _lines(report: Report, rows: Sequence[view.Row]) -> Iterator[str]:
    yield from _head(report)
    for statement in report.statements:
        if statement.detail:
            yield from _tenant(statement, statement.detail, report)
    if not any(s.detail for s in report.statements):
        yield from _summary(rows)
        yield from _list("Incidents", [view.incident_text(i, report.period.zone) for i in report.incidents])
    yield from _quality(report)
    yield from _restatements(report)
    yield from _appendix(report)


def _head(report: Report) -> Iterator[str]:
    period = report.period
    whom = report.statements[0].name if report.statements[0].detail else report.scope
    yield from (f"# SLA report {period.name}: {_text(whom)}", "")
    yield f"{wording.local(period.start, period.zone)} to {wording.local(period.end, period.zone)}, {period.zone}."
    if report.provisional:
        yield f"**Provisional**: figures end at {wording.local(report.until, period.zone)}."
    yield view.outcome(report)
    if report.stated:
        yield view.stated_text(report.stated)
    yield ""


def _summary(rows: Sequence[view.Row]) -> Iterator[str]:
    yield from _table(
        [column.title for column in view.SUMMARY],
        rows,
        right=[column.is_number for column in view.SUMMARY],
    )


def _tenant(statement: Statement, detail: Detail, report: Report) -> Iterator[str]:
    zone = report.period.zone
    yield from _table(
        ["Figure", "Value", ""],
        ([f.title, f.value, f.beside] for f in view.figures(statement)),
        right=[False, True, False],
    )
    yield from _list("Notes", list(statement.notes))
    yield from _list("Down", [wording.when(interval, zone) for interval in detail.down])
    yield from _list("Incidents", [view.incident_text(i, zone) for i in detail.incidents])
    yield from _list(
        "Excluded time", [f"{wording.when(e.when, zone)}: {e.reason}" for e in statement.excused]
    )
    yield from _list(
        "Worst hours",
        [
            f"{wording.local(h.start, zone)}: {wording.number(h.requests.bad)} of "
            f"{wording.number(h.requests.total)} requests failed"
            for h in view.worst_hours(detail.hours)
        ],
    )
    yield from _list(
        "Earlier periods",
        [
            f"{p.name}: {wording.percent(p.requests.ratio) if p.requests else 'no data'}"
            for p in statement.past
        ],
    )


def _quality(report: Report) -> Iterator[str]:
    zone, quality = report.period.zone, report.quality
    yield from ("## Data quality", "")
    yield f"Not observed: {wording.duration(quality.unobserved_minutes)}. {appendix.UNCERTAINTY}"
    yield ""
    yield from _bullets([f"Not observed: {wording.when(gap, zone)}" for gap in quality.gaps])
    yield from _bullets([f"Platform outage: {wording.when(outage, zone)}" for outage in quality.outages])
    yield from _bullets([f"{appendix.PARTIAL}: {wording.when(part, zone)}" for part in quality.partial])
    yield from _bullets(list(quality.notes))


def _restatements(report: Report) -> Iterator[str]:
    for restatement in report.restatements:
        yield from (f"## Restatement {restatement.number}", "", _text(restatement.reason), "")
        yield from _bullets([f"{c.tenant}: was {c.was}, is {c.now}" for c in restatement.corrections])


def _appendix(report: Report) -> Iterator[str]:
    yield from ("## Appendix: where each figure comes from", "")
    yield from (f"- **{figure}**: {_text(definition)}" for figure, definition in appendix.DEFINITIONS)
    yield ""
    for source in appendix.sources(report):
        yield f"- **{source.figure}**: {_text(source.definition)}"
        yield from (f"  - `{query.text}`, {appendix.instant_text(query)}" for query in source.queries)


def _list(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield from (f"## {title}", "")
        yield from _bullets(lines)


def _bullets(lines: list[str]) -> Iterator[str]:
    if lines:
        yield from (f"- {_text(line)}" for line in lines)
        yield ""
