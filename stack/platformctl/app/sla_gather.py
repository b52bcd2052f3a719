"""Read the evidence for a report from a history: a handful of questions, whatever the number of tenants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeAlias

from platformctl.app import sla_incidents
from platformctl.model import slo
from platformctl.sla import queries
from platformctl.sla.counts import Counts
from platformctl.sla.evidence import EVERY_LIMIT, EventTallies, Evidence, Forgiven, Tally
from platformctl.sla.exclusion import Exclusion, segments
from platformctl.sla.period import Period
from platformctl.sla.queries import Selection
from platformctl.sla.report import Hour
from platformctl.sla.timeline import (
    Interval,
    Minute,
    instant,
    minute_of_sample,
    outside,
    whole_hours,
)
from platformctl.sources.history import History, Labels, NoHistory

Say: TypeAlias = Callable[[str], None]
Ask: TypeAlias = Callable[[Interval, Selection, str], queries.EventQueries]
_MOST_HOLES: Final = 30
"""Above so many stretches without roll-ups, one question by the minute is cheaper than one for each."""


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
    history.asked.clear()
    say("minutes observed")
    observed = _minutes(history, queries.observed(span))
    if not observed:
        raise NoHistory(
            f"no service level history from {span.start:%Y-%m-%d %H:%M} to {span.end:%Y-%m-%d %H:%M} UTC",
            where=history.url,
            fix="the rules of alerts_src/slo.py record it from their deployment on: platformctl deploy",
        )
    unreachable = _minutes(history, queries.reachable(span), value=0)
    parts = _event_queries(history, span, selection, queries.all_events)
    before = tuple(_earlier(history, wanted))
    history.ahead(query for part in (*parts, *(p for _, past in before for p in past)) for query in part)
    say("requests")
    events = _events(history, parts)
    down = _down(history, span, selection)
    say("excluded time")
    forgiven = tuple(_forgiven(history, wanted))
    say("incidents")
    found = tuple(sla_incidents.fired(history, span, selection))
    say("earlier periods")
    past = tuple((name, _events(history, asked)) for name, asked in before)
    return Evidence(
        observed=observed,
        unreachable=unreachable,
        events=events,
        down=down,
        forgiven=forgiven,
        objectives=_objectives(history, span, selection),
        incidents=found,
        fault_minutes=sla_incidents.minutes_around(history, found),
        past=past,
        hours=tuple(_hours(history, span, selection)) if selection.tenant else (),
        queries=tuple(history.asked),
    )


def _minutes(history: History, query: queries.Query, *, value: int | None = None) -> frozenset[Minute]:
    """The minutes that have a sample, or a sample with this value."""
    return frozenset(
        minute_of_sample(at)
        for series in history.kept(query)
        for at, number in series.samples
        if value is None or number == value
    )


def _event_queries(
    history: History, span: Interval, selection: Selection, ask: Ask
) -> tuple[queries.EventQueries, ...]:
    """Hourly sums for whole hours; the rest, as at the edges of some time zones, minute by minute."""
    hours = whole_hours(span)
    rolled_up = _minutes(history, queries.rolled_up(hours)) if hours else frozenset()
    holes = outside(span, rolled_up)
    if len(holes) > _MOST_HOLES:
        hours, holes = None, (span,)
    whole = (ask(hours, selection, "1h"),) if hours and rolled_up else ()
    return (*whole, *(ask(hole, selection, "1m") for hole in holes))


def _events(history: History, parts: Iterable[queries.EventQueries]) -> EventTallies:
    tallies = EventTallies()
    for part in parts:
        _add_sums(history, tallies.total, part.total, "slo")
        _add_sums(history, tallies.bad, part.bad, "slo")
        _add_sums(history, tallies.classes, part.classes, "status_class")
        _add_sums(history, tallies.buckets, part.buckets, "le")
        _add_sums(history, tallies.throttled, part.throttled, EVERY_LIMIT)
    return tallies


def _add_sums(history: History, tally: Tally, query: queries.Query | None, label: str) -> None:
    for labels, count in history.sums(query) if query else ():
        tally.add(labels["tenant"], labels.get(label, label), count)


def _tenant_slo(labels: Labels) -> tuple[str, str]:
    return labels["tenant"], labels["slo"]


def _down(history: History, span: Interval, selection: Selection) -> dict[str, frozenset[Minute]]:
    return {
        series.labels["tenant"]: frozenset(minute_of_sample(at) for at, _ in series.samples)
        for series in history.series(queries.down(span, selection))
    }


def _forgiven(history: History, wanted: Wanted) -> Iterator[Forgiven]:
    for segment in segments(wanted.exclusions, wanted.span):
        bad, throttled = Tally(), Tally()
        _add_sums(history, bad, queries.bad_events(segment.when, wanted.selection, step="1m"), "slo")
        _add_sums(
            history, throttled, queries.throttled(segment.when, wanted.selection, step="1m"), EVERY_LIMIT
        )
        yield Forgiven(segment=segment, bad=bad, throttled=throttled)


def _objectives(history: History, span: Interval, selection: Selection) -> dict[tuple[str, str], Decimal]:
    return {
        _tenant_slo(labels): value
        for labels, value in history.values(queries.objectives(span.end, selection))
    }


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


def _earlier(history: History, wanted: Wanted) -> Iterator[tuple[str, tuple[queries.EventQueries, ...]]]:
    period = wanted.period
    for _ in range(wanted.past):
        period = period.previous()
        span = Interval(start=period.start, end=period.end)
        yield period.name, _event_queries(history, span, wanted.selection, queries.availability_events)
