"""What every form of a report shows, as text: the summary's columns, one tenant's figures, the appendix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Final, TypeAlias

from platformctl.sla import wording
from platformctl.sla.counts import Counts
from platformctl.sla.percentile import Percentile, percentiles
from platformctl.sla.report import Hour, Incident, Promise, Report, Stated, Statement, Throttled
from platformctl.sla.wording import NO_FIGURE

WORST_HOURS: Final = 5
TAIL: Final = Fraction(95, 100)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the summary."""

    title: str
    of: Callable[[Statement], str]
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a tenant: what it is, how much, and what it is held against."""

    title: str
    value: str
    beside: str = ""


def verdict(statement: Statement) -> str:
    """``met``, ``broken`` or ``no data``."""
    if not statement.known:
        return "no data"
    return "met" if statement.kept else "broken"


def outcome(report: Report) -> str:
    """How many tenants met their objectives, in one sentence."""
    if len(report.statements) == 1:
        return f"Objectives: {verdict(report.statements[0])}."
    unknown, broken = len(report.unknown), len(report.breaches)
    met = len(report.statements) - broken - unknown
    tail = f", {unknown} without data" if unknown else ""
    return f"{met} of {len(report.statements)} tenants met their objectives; {broken} did not{tail}."


def stated_text(stated: Stated) -> str:
    """That the figures were entered in the ledger, so that a reader can hold them against it."""
    return (
        f"Statement {stated.number} on this period, in the ledger since {stated.at:%Y-%m-%d %H:%M} UTC. "
        f"Seal {stated.seal}"
    )


def _if_known(of: Callable[[Statement], str]) -> Callable[[Statement], str]:
    return lambda s: of(s) if s.known else NO_FIGURE


def _left(promise: Promise) -> str:
    return NO_FIGURE if promise.target is None else wording.left(promise.counts.left(promise.target))


def _last(statement: Statement) -> Counts | None:
    return statement.past[0].requests if statement.past else None


def figures(statement: Statement) -> Iterator[Figure]:
    """One tenant's figures, the most important first."""
    if not statement.known:
        return
    yield from _availability(statement)
    yield from _latency(statement)
    requests = statement.availability.counts
    yield Figure("Requests", wording.number(requests.total), _classes(statement))
    if statement.throttled is not None:
        yield Figure("Throttled", wording.number(statement.throttled.count), _whose(statement.throttled))
    if requests.forgiven or statement.minutes.forgiven:
        yield Figure(
            "Excluded",
            wording.number(requests.forgiven),
            f"failed requests, and {wording.duration(statement.minutes.forgiven)} of downtime, in agreed windows",
        )
    if statement.credit is not None:
        yield Figure(
            "Credit owed", wording.credit(statement.credit), "of the month's fee, by the contract's table"
        )


def _availability(statement: Statement) -> Iterator[Figure]:
    counts, target = statement.availability.counts, statement.availability.target
    yield Figure(
        "Availability",
        wording.percent(counts.ratio),
        f"objective {wording.target(target)}: {_kept(statement.availability)}{_between(statement.availability)}",
    )
    if target is not None:
        allowed = floor(counts.allowed(target))
        yield Figure(
            "Error budget left",
            wording.left(counts.left(target)),
            f"{wording.number(counts.counted_bad)} failed of {wording.number(allowed)} allowed",
        )
    yield Figure(
        "Downtime",
        wording.duration(statement.minutes.counted_bad),
        f"{wording.percent(statement.minutes.ratio)} of {wording.duration(statement.minutes.counted)} up",
    )


def _between(promise: Promise) -> str:
    """The least and the most that it can truly be, to the first digit in which they differ."""
    if promise.between is None:
        return ""
    close = ", too close to say for certain" if promise.is_close else ""
    return f"{close}; truly {wording.between(*promise.between)}"


def _latency(statement: Statement) -> Iterator[Figure]:
    latency = statement.latency
    if latency.target is not None:
        yield Figure(
            f"Answered within {latency.threshold}",
            wording.percent(latency.counts.ratio, 2),
            f"objective {wording.target(latency.target)}: {_kept(latency)}",
        )
    for found in percentiles(statement.buckets, latency.counts.total):
        yield Figure(f"Latency p{found.percent}", *_bounds(found))


def _bounds(found: Percentile) -> tuple[str, str]:
    if found.at_most is None:
        return f"over {wording.seconds(found.over)}", "beyond the last recorded bound"
    return f"at most {wording.seconds(found.at_most)}", f"over {wording.seconds(found.over)}"


def _tail(statement: Statement) -> str:
    """The 95th percentile in a word."""
    for found in percentiles(statement.buckets, statement.latency.counts.total):
        if found.share == TAIL:
            return _bounds(found)[0].replace("at most ", "<= ").replace("over ", "> ")
    return NO_FIGURE


def _whose(throttled: Throttled) -> str:
    if throttled.ours:
        return "refused by the limiter; by contract they count as failed"
    return "refused by the limiter, over the tenant's own limit: neither good nor bad"


def _throttled(statement: Statement) -> str:
    return wording.number(statement.throttled.count) if statement.throttled else NO_FIGURE


def _kept(promise: Promise) -> str:
    return "met" if promise.kept else "broken"


def _classes(statement: Statement) -> str:
    return ", ".join(f"{c.name} {wording.number(c.count)}" for c in statement.classes)


SUMMARY: Final = (
    Column("Tenant", lambda s: s.tenant, is_number=False),
    Column("Objectives", verdict, is_number=False),
    Column("Tier", lambda s: s.tier, is_number=False),
    Column("Availability", _if_known(lambda s: wording.percent(s.availability.counts.ratio))),
    Column("Objective", lambda s: wording.target(s.availability.target)),
    Column("Budget left", _if_known(lambda s: _left(s.availability))),
    Column("Down", _if_known(lambda s: wording.duration(s.minutes.counted_bad))),
    Column("Requests", _if_known(lambda s: wording.number(s.availability.counts.total))),
    Column("Fast enough", _if_known(lambda s: wording.percent(s.latency.counts.ratio, 2))),
    Column("p95", _tail),
    Column("Throttled", _throttled),
    Column("Credit", _if_known(lambda s: wording.credit(s.credit))),
    Column("Trend", _if_known(lambda s: wording.trend(s.availability.counts, _last(s)))),
)


VERDICT: Final = 1
"""The column of the verdict."""

Row: TypeAlias = tuple[str, ...]


def rows(report: Report) -> tuple[Row, ...]:
    """The summary's cells, tenant by tenant: made once for all forms that show them."""
    return tuple(tuple(column.of(s) for column in SUMMARY) for s in report.statements)


def worst_hours(hours: tuple[Hour, ...]) -> tuple[Hour, ...]:
    """The hours with the most failed requests, the worst first."""
    failed = [hour for hour in hours if hour.requests.bad]
    return tuple(sorted(failed, key=lambda h: (-h.requests.bad, h.start))[:WORST_HOURS])


def incident_text(incident: Incident, zone: str) -> str:
    """An incident in one line; it names the tenant where it is about one, and the objective."""
    about = ", ".join(part for part in (incident.tenant, incident.slo) if part)
    whom = f" ({about})" if about else ""
    if not incident.alert:
        return f"No alert{whom}: {_fault_text(incident, zone)}"
    cut = ", cut at the border" if incident.cut else ""
    return f"{incident.alert}{whom}: {wording.when(incident.when, zone)}{cut}; {_fault_text(incident, zone)}"


def _fault_text(incident: Incident, zone: str) -> str:
    fault = incident.fault
    if fault is None:
        return "alert-based: when the fault began is not known"
    detected, repaired = incident.minutes_to_detect, incident.minutes_to_repair
    times = f", detected after {wording.duration(detected)}" if detected is not None else ""
    times += f", repaired after {wording.duration(repaired)}" if repaired is not None else ""
    cause = f": {incident.cause}" if incident.cause else ""
    return f"fault since {wording.local(fault.start, zone)} by {incident.basis}{times}{cause}"


def mean_times(incidents: tuple[Incident, ...]) -> str:
    """Mean times to detect and to repair, of those whose fault is known; of the others, how long alerts fired."""
    known = [i for i in incidents if i.fault and not i.cut]
    detected = [i for i in known if i.alert]
    alerts = [i.when.minutes for i in incidents if not i.fault and not i.cut]
    detect = _mean([i.minutes_to_detect or 0 for i in detected])
    repair = _mean([i.minutes_to_repair or 0 for i in known])
    texts = []
    if known:
        texts.append(
            f"Mean time to detect {detect}, to repair {repair} (of {_many(len(known))} with a known fault)."
        )
    if len(known) > len(detected):
        texts.append(f"No alert told of {len(known) - len(detected)} of them: no time to detect.")
    if alerts:
        texts.append(
            f"Of {_many(len(alerts))} only the alert is known: it fired for {_mean(alerts)} on average."
        )
    if any(i.cut for i in incidents):
        texts.append("Those cut at the border of the period are in no mean.")
    return " ".join(texts)


def _many(count: int) -> str:
    return "one incident" if count == 1 else f"{count} incidents"


def mean_time_to_resolve(incidents: tuple[Incident, ...]) -> str:
    """Mean length of the alerts that lie inside the period."""
    return _mean([i.when.minutes for i in incidents if not i.cut])


def _mean(minutes: list[int]) -> str:
    return wording.duration(-(-sum(minutes) // len(minutes))) if minutes else NO_FIGURE
