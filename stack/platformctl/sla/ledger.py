"""Closed periods: what was stated, and what was corrected later. Entries are only ever added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Final

from platformctl.sla import wording
from platformctl.sla.percentile import percentiles
from platformctl.sla.report import (
    Basis,
    Correction,
    Detail,
    Incident,
    Report,
    Restatement,
    Stated,
    Statement,
)

_PLATFORM: Final = "the platform"
_NOTHING: Final = "not stated"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One statement of a period, of all tenants. The first gives no reason; each later one says why."""

    number: int
    recorded_at: datetime
    reason: str
    report: Report
    seal: str = ""


def corrections(before: Report, after: Report) -> tuple[Correction, ...]:
    """What `after` states otherwise than `before` did, tenant by tenant; of whom it does not speak nothing is told.

    A report of the same scope that leaves a tenant out withdraws what was stated of it.
    """
    was, now = _stated(before), _stated(after)
    found = [_correction(whose, was.get(whose, {}), now[whose]) for whose in now]
    if before.scope == after.scope:
        found += [_correction(whose, was[whose], {}) for whose in was if whose not in now]
    return (*(one for one in found if one), *_incidents(before, after))


def _stated(report: Report) -> Mapping[str, dict[str, str]]:
    return {s.tenant: dict(_figures(s)) for s in report.statements}


def _correction(whose: str, was: dict[str, str], now: dict[str, str]) -> Correction | None:
    """The figures that differ, and no others."""
    differing = [name for name in (was | now) if was.get(name) != now.get(name)]
    if not differing:
        return None
    before, after = (
        ", ".join(figures[name] for name in differing if name in figures) or _NOTHING
        for figures in (was, now)
    )
    return Correction(tenant=whose, was=before, now=after)


def _figures(s: Statement) -> Iterator[tuple[str, str]]:
    """A statement's figures by name: two statements differ exactly when these do."""
    if not s.known:
        yield "known", "no data"
        return
    requests, minutes, latency = s.availability.counts, s.minutes, s.latency.counts
    yield (
        "requests",
        f"{wording.percent(requests.ratio)} of {wording.target(s.availability.target)} "
        f"({requests.counted_bad} of {requests.counted} requests failed)",
    )
    yield "forgiven", f"{requests.forgiven} forgiven"
    yield "minutes", f"{minutes.counted_bad} of {minutes.counted} minutes down"
    yield (
        "latency",
        f"{wording.percent(latency.ratio)} of {wording.target(s.latency.target)} within "
        f"{s.latency.threshold or 'no threshold'} ({latency.counted_bad} of {latency.counted} too slow)",
    )
    for found in percentiles(s.buckets, latency.total):
        bound = "unknown" if found.at_most is None else wording.seconds(found.at_most)
        yield f"p{found.share}", f"p{found.share * 100} over {wording.seconds(found.over)}, at most {bound}"
    yield "classes", " ".join(f"{c.name}: {c.count}" for c in s.classes)
    if s.throttled:
        yield "throttled", f"{s.throttled.count} throttled, {'ours' if s.throttled.ours else 'theirs'}"
    yield "credit", f"credit {wording.credit(s.credit)}"


def _incidents(before: Report, after: Report) -> Iterator[Correction]:
    """Incidents whose times or cause differ, as far as both reports looked for the fault behind them."""
    whose = {s.tenant for s in after.statements} | {""}
    was, now = ({_key(i): i for i in report.incidents if i.tenant in whose} for report in (before, after))
    for key in sorted(was.keys() | now.keys()):
        mine = [found for found in (was.get(key), now.get(key)) if found]
        compared = all(one.basis is not Basis.ALERT for one in mine)
        texts = [
            _incident(found, with_fault=compared) if found else _NOTHING
            for found in (was.get(key), now.get(key))
        ]
        if texts[0] != texts[1]:
            yield Correction(tenant=key[0] or _PLATFORM, was=texts[0], now=texts[1])


def _key(incident: Incident) -> tuple[str, str, str, datetime]:
    return incident.tenant, incident.alert, incident.slo, incident.when.start


def _incident(incident: Incident, *, with_fault: bool) -> str:
    text = f"{incident.alert or 'fault'} {wording.when(incident.when, 'UTC')}"
    if not with_fault or incident.fault is None:
        return text
    return f"{text}, fault {wording.when(incident.fault, 'UTC')} by {incident.basis} {incident.cause}".strip()


def held(report: Report, entries: tuple[Entry, ...]) -> Report:
    """The report as the ledger lets it be told: of a closed period the figures are those that were stated last.

    Where the history says otherwise by now, notes tell of it; other tenants than the report's are not told of.
    """
    if not entries:
        return report
    whose = frozenset(s.tenant for s in report.statements)
    due = corrections(entries[-1].report, report)
    if not due:
        return replace(report, restatements=tuple(_restatements(entries, whose)), stated=_last(entries))
    told = recalled(entries, scope=report.scope, tenants=whose, own=any(s.detail for s in report.statements))
    notes = tuple(
        f"{c.tenant}: stated {c.was}; the history says {c.now}, which was not entered." for c in due
    )
    return replace(told, quality=replace(told.quality, notes=notes))


def recalled(entries: tuple[Entry, ...], *, scope: str, tenants: frozenset[str], own: bool) -> Report:
    """The last statement of the period, cut down to some tenants: for when the history is no longer kept.

    own: it is one tenant's own report.
    """
    last = entries[-1].report
    note = f"From the ledger, as stated on {entries[-1].recorded_at:%Y-%m-%d}: the history is no longer kept."
    incidents = tuple(i for i in last.incidents if not i.tenant or i.tenant in tenants)
    detail = Detail(hours=(), down=(), incidents=incidents) if own else None
    return replace(
        last,
        scope=scope,
        statements=tuple(replace(s, detail=detail) for s in last.statements if s.tenant in tenants),
        incidents=incidents,
        quality=replace(last.quality, notes=(note,)),
        restatements=tuple(_restatements(entries, tenants)),
        stated=_last(entries),
    )


def _last(entries: tuple[Entry, ...]) -> Stated:
    return Stated(number=entries[-1].number, at=entries[-1].recorded_at, seal=entries[-1].seal)


def _restatements(entries: tuple[Entry, ...], whose: frozenset[str]) -> Iterator[Restatement]:
    for earlier, later in pairwise(entries):
        found = corrections(earlier.report, later.report)
        mine = tuple(c for c in found if c.tenant in whose or c.tenant == _PLATFORM)
        if mine:
            yield Restatement(number=later.number, reason=later.reason, corrections=mine)
