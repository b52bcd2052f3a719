"""Read the incidents of a period, and what failed by the minute around them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from platformctl.sla import queries
from platformctl.sla.counts import Counts
from platformctl.sla.fault import LOOK_BACK
from platformctl.sla.queries import Selection
from platformctl.sla.report import Incident
from platformctl.sla.timeline import Interval, Minute, minute_of_sample, runs
from platformctl.sources.history import History

_MOST_STEPS: Final = timedelta(days=7)
"""Prometheus answers at most 11,000 instants a series: seven days of minutes."""

_MOST_TENANTS: Final = 50
"""Of how many tenants faults are looked for in one report; the incidents of the others stay alert-based."""


def fired(history: History, span: Interval, selection: Selection) -> Iterator[Incident]:
    """Minutes in which an alert fired, of all its instances for a tenant and an objective together."""
    minutes: defaultdict[tuple[str, str, str], set[Minute]] = defaultdict(set)
    for part in _parts(span):
        for series in history.series(queries.incidents(part, selection)):
            labels = series.labels
            key = (labels.get("tenant", ""), labels["alertname"], labels.get("slo", ""))
            minutes[key].update(minute_of_sample(at) for at, _ in series.samples)
    found = [
        Incident(
            alert=alert,
            tenant=tenant,
            slo=slo,
            when=interval,
            cut=interval.start == span.start or interval.end == span.end,
        )
        for (tenant, alert, slo), alerting in minutes.items()
        for interval in runs(alerting)
    ]
    yield from sorted(found, key=lambda i: (i.when, i.alert, i.tenant, i.slo))


def _parts(span: Interval) -> Iterator[Interval]:
    start = span.start
    while start < span.end:
        end = min(start + _MOST_STEPS, span.end)
        yield Interval(start=start, end=end)
        start = end


def minutes_around(
    history: History, incidents: tuple[Incident, ...]
) -> Mapping[tuple[str, str], Mapping[Minute, Counts]]:
    """By tenant and SLO, the events of each minute in which a fault behind an incident may have been."""
    mine = [i for i in incidents if i.tenant]
    tenants = tuple(sorted({i.tenant for i in mine}))[:_MOST_TENANTS]
    found: defaultdict[tuple[str, str], dict[Minute, Counts]] = defaultdict(dict)
    for around in _clusters([i for i in mine if i.tenant in tenants]):
        total, bad = (_by_minute(history, query) for query in queries.fault_minutes(around, tenants))
        for (tenant, slo, minute), count in total.items():
            found[tenant, slo][minute] = Counts(total=count, bad=bad.get((tenant, slo, minute), 0))
    return found


def _by_minute(history: History, query: queries.Query) -> dict[tuple[str, str, Minute], int]:
    return {
        (series.labels["tenant"], series.labels["slo"], minute_of_sample(at)): count
        for series in history.series(query)
        for at, count in series.samples
    }


def _clusters(incidents: list[Incident]) -> Iterator[Interval]:
    """The time around the incidents, each minute once."""
    spans = sorted(Interval(start=i.when.start - LOOK_BACK, end=i.when.end) for i in incidents)
    while spans:
        whole = spans.pop(0)
        while spans and spans[0].start <= whole.end:
            whole = Interval(start=whole.start, end=max(whole.end, spans.pop(0).end))
        yield whole
