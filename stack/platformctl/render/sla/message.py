"""A report as a message: what stands in a mail, and in a channel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from platformctl.render.sla import view
from platformctl.sla import wording
from platformctl.sla.report import Report, Statement

_MOST_NAMED: Final = 10


def subject(report: Report) -> str:
    """One line: whose report on what, and how it stands."""
    whom = report.statements[0].name if len(report.statements) == 1 else report.scope
    return " ".join(f"SLA report {report.period.name}, {whom}: {view.outcome(report)}".split())


def text(report: Report) -> str:
    """A few lines of plain text: the outcome, who is worst off, and what is not known."""
    return "\n".join(_lines(report)) + "\n"


def slack(report: Report) -> dict[str, str]:
    """The body for an incoming webhook of Slack (or of what speaks its format)."""
    harmless = text(report).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": harmless}


def _lines(report: Report) -> Iterator[str]:
    period = report.period
    yield f"SLA report {period.name}, {report.scope}"
    yield f"{wording.local(period.start, period.zone)} to {wording.local(period.end, period.zone)}, {period.zone}"
    if report.provisional:
        yield f"Provisional: figures end at {wording.local(report.until, period.zone)}."
    yield from ("", view.outcome(report))
    if len(report.statements) == 1:
        yield from (f"{f.title}: {f.value} {f.beside}".rstrip() for f in view.figures(report.statements[0]))
    else:
        yield from _worst(report.breaches)
    yield f"Incidents: {len(report.incidents)}. Not observed: {wording.duration(report.quality.unobserved_minutes)}."
    yield from (f"Restated: {restatement.reason}" for restatement in report.restatements)
    if report.stated:
        yield from (*report.quality.notes, view.stated_text(report.stated))


def _worst(breaches: tuple[Statement, ...]) -> Iterator[str]:
    for s in breaches[:_MOST_NAMED]:
        objective = wording.target(s.availability.target)
        yield f"- {s.tenant}: {wording.percent(s.availability.counts.ratio)} of {objective}"
    if len(breaches) > _MOST_NAMED:
        yield f"- and {len(breaches) - _MOST_NAMED} more"
