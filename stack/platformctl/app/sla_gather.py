"""Read the evidence for a report from a history: a handful of questions, whatever the number of tenants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final, TypeAlias

from platformctl.model import slo
from platformctl.sla import queries
from platformctl.sla.counts import Counts
from platformctl.sla.evidence import EventTallies, Evidence, Forgiven, Tally
from platformctl.sla.exclusion import Exclusion, segments
from platformctl.sla.period import Period
from platformctl.sla.queries import Selection
from platformctl.sla.report import Hour, Incident
from platformctl.sla.timeline import (
    Interval,
    Minute,
    instant,
    minute_of_sample,
    outside,
    runs,
    whole_hours,
)
from platformctl.sources.history import History, Labels, NoHistory

Say: TypeAlias = Callable[[str], None]
Ask: TypeAlias = Callable[[Interval, Selection, str], tuple[queries.Query, ...]]
_MOST_HOLES: Final = 30
"""Above so many stretches without roll-ups, one question by the minute is cheaper than one for each."""

_MOST_STEPS: Final = timedelta(days=7)
"""Prometheus answers at most 11,000 instants a series: seven days of minutes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What to read: `span` is the part of the period that has happened; `past`, how many periods before it."""

    period: Period
    span: Interval
    selection: Selection
    exclusions: tuple[Exclusion, ...]
    past: int


def gather(history: History, wanted: Wanted, say: Say) -> Evidence:
    """Everything that was recorded for the period; raises `NoHistory` where there is none."""
    span, selection = wanted.span, wanted.selection
    say("minutes observed")
    observed = _minutes(history, queries.observed(span))
    if not observed:
        raise NoHistory(
            f"no service level history from {span.start:%Y-%m-%d %H:%M} to {span.end:%Y-%m-%d %H:%M} UTC",
            where=history.url,
            fix="the rules of alerts_src/slo.py record it from their deployment on: platformctl deploy",
        )
    unreachable = _minutes(history, queries.reachable(span), value=0)
    say("requests")
    events = _events(history, span, selection, queries.all_events)
    down = _down(history, span, selection)
    say("excluded time")
    forgiven = tuple(_forgiven(history, wanted))
    say("incidents")
    found = tuple(_incidents(history, span, selection))
    objectives = _objectives(history, span, selection)
    hours = tuple(_hours(history, span, selection)) if selection.tenant else ()
    say("earlier periods")
    past = tuple(_past(history, wanted))
    return Evidence(
        observed=observed,
        unreachable=unreachable,
        events=events,
        down=down,
        forgiven=forgiven,
        objectives=objectives,
        incidents=found,
        past=past,
        hours=hours,
        queries=tuple(history.asked),
    )


def _minutes(history: History, query: queries.Query, *, value: int | None = None) -> frozenset[Minute]:
    """The minutes that have a sample, or a sample with this value."""
    return frozenset(
        minute_of_sample(at)
        for series in history.series(query)
        for at, number in series.samples
        if value is None or number == value
    )


def _events(history: History, span: Interval, selection: Selection, ask: Ask) -> EventTallies:
    """Hourly sums for whole hours; the rest, as at the edges of some time zones, minute by minute."""
    tallies = EventTallies()
    hours = whole_hours(span)
    rolled_up = _minutes(history, queries.rolled_up(hours)) if hours else frozenset()
    holes = outside(span, rolled_up)
    if len(holes) > _MOST_HOLES:
        hours, holes = None, (span,)
    if hours and rolled_up:
        _add(history, tallies, ask(hours, selection, "1h"))
    for hole in holes:
        _add(history, tallies, ask(hole, selection, "1m"))
    return tallies


def _add(history: History, tallies: EventTallies, asked: tuple[queries.Query, ...]) -> None:
    """Add what total, bad and, where it is asked for, classes answer."""
    total, bad, *classes = asked
    for labels, count in history.sums(total):
        tallies.total.add(*_tenant_slo(labels), count)
    for labels, count in history.sums(bad):
        tallies.bad.add(*_tenant_slo(labels), count)
    for query in classes:
        for labels, count in history.sums(query):
            tallies.classes.add(labels["tenant"], labels["status_class"], count)


def _tenant_slo(labels: Labels) -> tuple[str, str]:
    return labels["tenant"], labels["slo"]


def _down(history: History, span: Interval, selection: Selection) -> dict[str, frozenset[Minute]]:
    return {
        series.labels["tenant"]: frozenset(minute_of_sample(at) for at, _ in series.samples)
        for series in history.series(queries.down(span, selection))
    }


def _forgiven(history: History, wanted: Wanted) -> Iterator[Forgiven]:
    for segment in segments(wanted.exclusions, wanted.span):
        bad = Tally()
        for labels, count in history.sums(queries.bad_events(segment.when, wanted.selection, step="1m")):
            bad.add(*_tenant_slo(labels), count)
        yield Forgiven(segment=segment, bad=bad)


def _objectives(history: History, span: Interval, selection: Selection) -> dict[tuple[str, str], Decimal]:
    return {
        _tenant_slo(labels): value
        for labels, value in history.values(queries.objectives(span.end, selection))
    }


def _incidents(history: History, span: Interval, selection: Selection) -> Iterator[Incident]:
    """Minutes in which an alert fired, of all its instances for a tenant together."""
    minutes: defaultdict[tuple[str, str], set[Minute]] = defaultdict(set)
    for part in _parts(span):
        for series in history.series(queries.incidents(part, selection)):
            key = (series.labels.get("tenant", ""), series.labels["alertname"])
            minutes[key].update(minute_of_sample(at) for at, _ in series.samples)
    found = [
        Incident(
            alert=alert,
            tenant=tenant,
            when=interval,
            cut=interval.start == span.start or interval.end == span.end,
        )
        for (tenant, alert), fired in minutes.items()
        for interval in runs(fired)
    ]
    yield from sorted(found, key=lambda i: (i.when, i.alert, i.tenant))


def _parts(span: Interval) -> Iterator[Interval]:
    start = span.start
    while start < span.end:
        end = min(start + _MOST_STEPS, span.end)
        yield Interval(start=start, end=end)
        start = end


def _hours(history: History, span: Interval, selection: Selection) -> Iterator[Hour]:
    hours = whole_hours(span)
    if hours is None:
        return
    bad = dict(_hourly(history, slo.EVENTS_BAD, hours, selection))
    for minute, total in sorted(_hourly(history, slo.EVENTS_TOTAL, hours, selection)):
        yield Hour(start=instant(minute - 60), requests=Counts(total=total, bad=bad.get(minute, 0)))


def _hourly(
    history: History, events: str, hours: Interval, selection: Selection
) -> Iterator[tuple[Minute, int]]:
    for series in history.series(queries.hourly(events, hours, selection)):
        yield from ((minute_of_sample(at), count) for at, count in series.samples)


def _past(history: History, wanted: Wanted) -> Iterator[tuple[str, EventTallies]]:
    period = wanted.period
    for _ in range(wanted.past):
        period = period.previous()
        span = Interval(start=period.start, end=period.end)
        yield period.name, _events(history, span, wanted.selection, queries.availability_events)
