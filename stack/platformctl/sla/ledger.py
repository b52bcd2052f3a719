"""Closed periods: what was stated, and what was corrected later. Entries are only ever added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from platformctl.sla import wording
from platformctl.sla.report import Correction, Report, Restatement, Statement


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One statement of a period, of all tenants. The first gives no reason; each later one says why."""

    number: int
    recorded_at: datetime
    reason: str
    report: Report


def corrections(before: Report, after: Report) -> tuple[Correction, ...]:
    """The tenants whose figures `after` states otherwise than `before` did; those it does not speak of are left."""
    stated = {s.tenant: _figures(s) for s in before.statements}
    return tuple(
        Correction(tenant=s.tenant, was=stated.get(s.tenant, "not stated"), now=_figures(s))
        for s in after.statements
        if stated.get(s.tenant) != _figures(s)
    )


def restated(report: Report, entries: tuple[Entry, ...]) -> Report:
    """The report with what the ledger says of its period: earlier corrections, and one that is due.

    Of other tenants than the report's nothing is told.
    """
    if not entries:
        return report
    whose = frozenset(s.tenant for s in report.statements)
    past = tuple(_restatements(entries, whose))
    due = corrections(entries[-1].report, report)
    notes = tuple(f"{c.tenant}: the ledger states {c.was}; the history says {c.now}." for c in due)
    quality = replace(report.quality, notes=(*report.quality.notes, *notes))
    return replace(report, restatements=past, quality=quality)


def recalled(entries: tuple[Entry, ...], *, scope: str, tenants: frozenset[str]) -> Report:
    """The last statement of the period, cut down to some tenants: for when the history is no longer kept."""
    last = entries[-1].report
    note = f"From the ledger, as stated on {entries[-1].recorded_at:%Y-%m-%d}: the history is no longer kept."
    return replace(
        last,
        scope=scope,
        statements=tuple(s for s in last.statements if s.tenant in tenants),
        incidents=tuple(i for i in last.incidents if not i.tenant or i.tenant in tenants),
        quality=replace(last.quality, notes=(note,)),
        restatements=tuple(_restatements(entries, tenants)),
    )


def _restatements(entries: tuple[Entry, ...], whose: frozenset[str]) -> Iterator[Restatement]:
    for earlier, later in pairwise(entries):
        mine = tuple(c for c in corrections(earlier.report, later.report) if c.tenant in whose)
        if mine:
            yield Restatement(number=later.number, reason=later.reason, corrections=mine)


def _figures(s: Statement) -> str:
    """A statement's figures in one line: two of them differ exactly when these lines do."""
    if not s.known:
        return "no data"
    requests, minutes, latency = s.availability.counts, s.minutes, s.latency.counts
    return (
        f"{wording.percent(requests.ratio)} of {wording.target(s.availability.target)} "
        f"({requests.counted_bad} of {requests.counted} requests failed), "
        f"{minutes.counted_bad} of {minutes.counted} minutes down, "
        f"{latency.counted_bad} of {latency.counted} too slow, credit {wording.credit(s.credit)}"
    )
