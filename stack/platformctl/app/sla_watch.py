"""Which minutes of a period were watched, and how well: what separates a gap from an outage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from platformctl.sla import queries
from platformctl.sla.evidence import Watch
from platformctl.sla.timeline import Interval, Minute, instant, minute_of_sample
from platformctl.sources.history import History, HistoryUnavailable, Series


def watch(history: History, span: Interval) -> Watch:
    """Where it was never recorded who answered, the rules are all that can be gone by.

    Who answers no scrape may be down, or merely not be read: probes from outside tell the one from the other.
    """
    ran = ran_in(history, span)
    serving, counting = (history.kept(ask(span)) for ask in (queries.reachable, queries.counting))
    asked, silent = minutes(serving), minutes(serving, value=0)
    probes = history.kept(queries.probed(span))
    answering = silent & minutes(probes, value=1)
    unreachable = silent - answering
    counted = minutes(counting) - minutes(counting, value=0) | unreachable
    return Watch(
        observed=ran & (asked or ran) & (counted if counting else ran),
        unreachable=unreachable,
        answering=answering,
        unprobed=unreachable - minutes(probes),
        unread=minutes(history.kept(queries.unread(span))),
        known=bool(serving and counting),
    )


def ran_in(history: History, span: Interval) -> frozenset[Minute]:
    """The minutes in which rules ran; raises `HistoryUnavailable` where replicas both tell of one."""
    recorded = history.kept(queries.observed(span))
    times = Counter(
        (series, minute_of_sample(at)) for series, one in enumerate(recorded) for at, _ in one.samples
    )
    if twice := min((minute for (_, minute), count in times.items() if count > 1), default=None):
        raise HistoryUnavailable(
            f"the minute to {instant(twice):%Y-%m-%d %H:%M} UTC was recorded twice: replicas whose rules run at "
            "different seconds are read as one, and their sum would be a wrong figure",
            where=history.url,
            fix="give the replicas rule files of the same path, and read one of them until then: --prometheus",
        )
    return frozenset(minute for _, minute in times)


def minutes(found: Iterable[Series], *, value: int | None = None) -> frozenset[Minute]:
    """The minutes that have a sample, or a sample with this value."""
    return frozenset(
        minute_of_sample(at)
        for series in found
        for at, number in series.samples
        if value is None or number == value
    )
