"""Read the evidence for a report from a history: a handful of questions, whatever the number of tenants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeAlias

from platformctl.app import sla_incidents
from platformctl.app.sla_watch import ran_in, watch
from platformctl.model import report_series, slo
from platformctl.sla import queries
from platformctl.sla.counts import Counts
from platformctl.sla.evidence import (
    EVERY_LIMIT,
    Beside,
    Border,
    EventTallies,
    Evidence,
    Forgiven,
    Past,
    Tally,
)
from platformctl.sla.exclusion import Exclusion, segments
from platformctl.sla.queries import Selection
from platformctl.sla.report import Hour
from platformctl.sla.timeline import (
    Interval,
    Minute,
    instant,
    minute_at,
    minute_of_sample,
    outside,
    whole_hours,
)
from platformctl.sources.history import History, HistoryUnavailable, Labels, NoHistory

Say: TypeAlias = Callable[[str], None]
Ask: TypeAlias = Callable[[Interval, Selection, str], queries.EventQueries]
_MOST_PARTS: Final = 30
"""Above so many stretches with and without roll-ups, one question by the minute is cheaper than one for each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedPast:
    """An earlier period, and the time that its own report excludes."""

    name: str
    span: Interval
    exclusions: tuple[Exclusion, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What to read: `span` is the part of the period that has happened; `past`, the periods before it.

    throttled_ours: some contract counts throttled requests as failed.
    """

    span: Interval
    selection: Selection
    exclusions: tuple[Exclusion, ...]
    past: tuple[WantedPast, ...]
    throttled_ours: bool


def ask_ahead(history: History, span: Interval, selection: Selection) -> None:
    """Begin with the questions that take longest, before `gather` reads the answers."""
    parts = _event_queries(history, span, selection, queries.all_events)
    history.ahead(query for part in parts for query in part)


def gather(history: History, wanted: Wanted, say: Say) -> Evidence:
    """Everything that was recorded for the period; raises `NoHistory` where there is none."""
    span, selection = wanted.span, wanted.selection
    history.asked.clear()
    say("minutes observed")
    watched = watch(history, span)
    if not watched.observed:
        raise NoHistory(
            f"no service level history from {span.start:%Y-%m-%d %H:%M} to {span.end:%Y-%m-%d %H:%M} UTC",
            where=history.url,
            fix="the rules of alerts_src/slo.py record it from their deployment on: platformctl deploy",
        )
    parts = _event_queries(history, span, selection, queries.all_events)
    borders = _border_instants(wanted)
    history.ahead(query for at in borders for _, query in _border_queries(at, wanted))
    before = tuple(
        _event_queries(history, past.span, selection, queries.availability_events) for past in wanted.past
    )
    history.ahead(query for part in (*parts, *(p for past in before for p in past)) for query in part)
    say("requests")
    events = _events(history, parts)
    down = _down(history, span, selection)
    say("excluded time")
    forgiven = tuple(_forgiven(history, span, wanted.exclusions, selection))
    say("incidents")
    found = tuple(sla_incidents.fired(history, span, selection))
    say("earlier periods")
    past = {
        one.name: Past(
            events=_events(history, parts_of_it),
            forgiven=tuple(_forgiven(history, one.span, one.exclusions, selection)),
        )
        for one, parts_of_it in zip(wanted.past, before, strict=True)
    }
    return Evidence(
        watch=watched,
        events=events,
        borders={at: _border(history, at, wanted) for at in borders},
        down=down,
        forgiven=forgiven,
        objectives=_objectives(history, span, selection),
        incidents=found,
        fault_minutes=sla_incidents.minutes_around(history, found),
        past=past,
        hours=tuple(_hours(history, span, selection)) if selection.tenant else (),
        queries=tuple(history.asked),
    )


def _event_queries(
    history: History, span: Interval, selection: Selection, ask: Ask
) -> tuple[queries.EventQueries, ...]:
    """Hourly sums for whole hours; the rest, as at the edges of some time zones, minute by minute.

    A sum speaks for its hour where it was made of as many minutes as the history has of it: of two replicas that took
    turns, each has summed its own minutes.
    """
    hours = whole_hours(span)
    sums = _hourly_sums(history, span, hours) if hours else {}
    whole = frozenset(end for end, complete in sums.items() if complete)
    stretches = outside(hours, sums.keys() - whole) if hours and whole else ()
    holes = outside(span, whole)
    if len(holes) + len(stretches) > _MOST_PARTS:
        stretches, holes = (), (span,)
    return (
        *(ask(stretch, selection, "1h") for stretch in stretches),
        *(ask(hole, selection, "1m") for hole in holes),
    )


def _hourly_sums(history: History, span: Interval, hours: Interval) -> dict[Minute, bool]:
    """The hours that were summed, by their last minute, and whether of every minute that is known."""
    known = Counter(-(-minute // 60) * 60 for minute in ran_in(history, span))
    return {
        (end := minute_of_sample(at)): count == known[end]
        for series in history.kept(queries.rolled_up(hours))
        for at, count in series.samples
    }


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
    """Add what was counted under the label; two series for the same would be counted twice, and are refused."""
    seen: set[tuple[str, str]] = set()
    for labels, count in history.sums(query) if query else ():
        key = labels.get("tenant", ""), labels.get(label, label)
        if key in seen:
            raise _doubled(labels, history.url)
        seen.add(key)
        tally.add(*key, count)


def _doubled(labels: Labels, url: str) -> HistoryUnavailable:
    return HistoryUnavailable(
        f"two series tell of the same: {dict(labels)} is one of them, and their sum would be a wrong figure",
        where=url,
        fix="let the server deduplicate its replicas, or name one of them: --header, --org or --prometheus",
    )


def _tenant_slo(labels: Labels) -> tuple[str, str]:
    return labels["tenant"], labels["slo"]


def _down(history: History, span: Interval, selection: Selection) -> dict[str, frozenset[Minute]]:
    return {
        series.labels["tenant"]: frozenset(minute_of_sample(at) for at, _ in series.samples)
        for series in history.series(queries.down(span, selection))
    }


def _forgiven(
    history: History, span: Interval, exclusions: tuple[Exclusion, ...], selection: Selection
) -> Iterator[Forgiven]:
    for segment in segments(exclusions, span):
        bad, throttled = Tally(), Tally()
        _add_sums(history, bad, queries.bad_events(segment.when, selection, step="1m"), "slo")
        _add_sums(history, throttled, queries.throttled(segment.when, selection, step="1m"), EVERY_LIMIT)
        yield Forgiven(segment=segment, bad=bad, throttled=throttled)


def _border_instants(wanted: Wanted) -> tuple[datetime, ...]:
    """The start and end of the period, and of every segment of excluded time."""
    spans = (wanted.span, *(segment.when for segment in segments(wanted.exclusions, wanted.span)))
    return tuple(sorted({at for span in spans for at in (span.start, span.end)}))


def _border_queries(at: datetime, wanted: Wanted) -> Iterator[tuple[str, queries.Query]]:
    """By what they count; throttled requests only where some contract counts them as failed."""
    chosen = wanted.selection.of(slo=slo.AVAILABILITY)
    yield slo.EVENTS_TOTAL, queries.beside(at, slo.EVENTS_TOTAL, chosen)
    yield slo.EVENTS_BAD, queries.beside(at, slo.EVENTS_BAD, chosen)
    if wanted.throttled_ours:
        yield report_series.THROTTLED, queries.beside(at, report_series.THROTTLED, wanted.selection.of())


def _border(history: History, at: datetime, wanted: Wanted) -> Border:
    """What was counted in the minutes before and after the instant."""
    found, last_before = Border(), minute_at(at)
    for counted, query in _border_queries(at, wanted):
        before, after = (_tallied(side, counted) for side in (found.before, found.after))
        label = EVERY_LIMIT if counted == report_series.THROTTLED else slo.AVAILABILITY
        for series in history.series(query):
            tenant = series.labels.get("tenant", "")
            for ms, count in series.samples:
                (before if minute_of_sample(ms) <= last_before else after).add(tenant, label, count)
    return found


def _tallied(side: Beside, counted: str) -> Tally:
    return {slo.EVENTS_TOTAL: side.total, slo.EVENTS_BAD: side.bad, report_series.THROTTLED: side.throttled}[
        counted
    ]


def _objectives(history: History, span: Interval, selection: Selection) -> dict[tuple[str, str], Decimal]:
    return {
        _tenant_slo(labels): value
        for labels, value in history.values(queries.objectives(span.end, selection))
    }


def _hours(history: History, span: Interval, selection: Selection) -> Iterator[Hour]:
    hours = whole_hours(span)
    if hours is None:
        return
    bad = _hourly(history, slo.EVENTS_BAD, hours, selection)
    for minute, total in sorted(_hourly(history, slo.EVENTS_TOTAL, hours, selection).items()):
        yield Hour(start=instant(minute - 60), requests=Counts(total=total, bad=bad.get(minute, 0)))


def _hourly(history: History, events: str, hours: Interval, selection: Selection) -> dict[Minute, int]:
    found: dict[Minute, int] = {}
    for number, series in enumerate(history.series(queries.hourly(events, hours, selection))):
        if number:
            raise _doubled(series.labels, history.url)
        found |= {minute_of_sample(at): count for at, count in series.samples}
    return found
