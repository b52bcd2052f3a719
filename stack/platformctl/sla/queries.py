"""Every question a report asks, whole: its text, its instant, and what the figure made of it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from platformctl.model import report_series, slo
from platformctl.model.units import Duration
from platformctl.sla.timeline import Interval

_LAST_OF_MINUTE: Final = timedelta(milliseconds=59_999)
"""Rules run some seconds into a minute: the end of that minute takes its sample in, and no later one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """One question: PromQL, the instant it is asked for, and the definition of the figure.

    step: set for a question over a range of instants; `at` is then its end, `start` its start.
    """

    figure: str
    definition: str
    text: str
    at: datetime
    start: datetime | None = None
    step: timedelta | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Which series a report may read: all of them, or one tenant's and no other's."""

    tenant: str | None = None

    def of(self, **labels: str) -> str:
        """A PromQL selector with the labels, and the tenant where there is one."""
        chosen = labels | ({"tenant": self.tenant} if self.tenant else {})
        inside = ", ".join(f'{name}="{value}"' for name, value in chosen.items())
        return f"{{{inside}}}" if inside else ""


EVERYBODY: Final = Selection()


def observed(period: Interval) -> Query:
    """The minutes in which rules ran."""
    return _samples(
        "observed minutes",
        "A minute is observed when Prometheus evaluated the rules in it, asked some process that serves tenants, and "
        "was answered by some that counts requests (or it is an outage of the platform). The others are gaps, "
        "neither up nor down.",
        slo.recorded(slo.HEARTBEAT, "1m"),
        period,
    )


def reachable(period: Interval) -> Query:
    """Whether the platform answered, minute by minute."""
    return _samples(
        "platform outages",
        "A minute is an outage of the platform when none of its processes answered any scrape, nor any probe "
        "from outside; it is a down minute of every tenant.",
        slo.SOURCE_UP,
        period,
    )


def probed(period: Interval) -> Query:
    """Whether the platform answered from outside, minute by minute."""
    return _samples(
        "probes from outside",
        "A minute in which no process answered a scrape, but one answered a probe from outside, is no outage: what was "
        "counted in it is not known, so it is not observed, neither up nor down. Where nothing probed, what "
        "answered no scrape is an outage.",
        slo.PROBED_UP,
        period,
    )


def unread(period: Interval) -> Query:
    """The minutes in which some process that counts requests answered no scrape."""
    return _samples(
        "partly observed minutes",
        "A minute is partly observed when some, not all, of the processes that count requests answered no scrape "
        "in it. What such a process counted is in the first minute in which it answers again; if it was restarted "
        "in between, or was away for over five minutes, it is lost.",
        slo.COUNTERS_UNREAD,
        period,
    )


def counting(period: Interval) -> Query:
    """Whether anything that counts requests answered, minute by minute."""
    return _samples(
        "minutes counted",
        "A minute in which none of the processes that count requests answered a scrape is not observed.",
        slo.COUNTING_UP,
        period,
    )


def rolled_up(period: Interval) -> Query:
    """The hours that have been summed."""
    return _samples(
        "hours rolled up",
        "Whole hours of UTC are read from hourly sums; what they do not cover is read minute by minute.",
        slo.recorded(slo.HEARTBEAT, "1h"),
        period,
    )


def down(period: Interval, selection: Selection) -> Query:
    """The minutes in which tenants were down."""
    return _samples(
        "down minutes",
        "A minute is down for a tenant when at least half of its requests failed in it (5xx).",
        slo.DOWN_MINUTE + selection.of(),
        period,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class EventQueries:
    """What is asked of one part of a period; of an earlier one, less."""

    total: Query
    bad: Query
    classes: Query | None = None
    buckets: Query | None = None
    throttled: Query | None = None

    def __iter__(self) -> Iterator[Query]:
        asked = (self.total, self.bad, self.classes, self.buckets, self.throttled)
        return (query for query in asked if query)


def all_events(part: Interval, selection: Selection, step: str) -> EventQueries:
    """Everything that is counted in one part of the period."""
    return EventQueries(
        total=_sum(
            "requests",
            "For availability every answered request; for latency every request whose time was measured.",
            slo.recorded(slo.EVENTS_TOTAL, step) + selection.of(),
            part,
        ),
        bad=bad_events(part, selection, step=step),
        classes=_sum(
            "requests by status class",
            "Answers by the first digit of their status code.",
            slo.recorded(slo.REQUESTS, step) + selection.of(),
            part,
        ),
        buckets=_sum(
            "latency percentiles",
            "Requests that took at most so many seconds. A percentile (nearest rank, of all measured requests, "
            "excluded time or not) lies between two of these bounds; where between them is not known.",
            slo.recorded(report_series.LATENCY_BUCKETS, step) + selection.of(),
            part,
        ),
        throttled=throttled(part, selection, step=step),
    )


def availability_events(part: Interval, selection: Selection, step: str) -> EventQueries:
    """Requests and failed ones of an earlier period, or a part of it."""
    chosen = selection.of(slo=slo.AVAILABILITY)
    figure, definition = (
        "earlier periods",
        "Availability of the periods before, for the trend, less what their own reports exclude. Of a period that "
        "is closed the ledger's figure is told, and nothing is asked.",
    )
    total, bad = (
        _sum(figure, definition, slo.recorded(events, step) + chosen, part)
        for events in (slo.EVENTS_TOTAL, slo.EVENTS_BAD)
    )
    return EventQueries(total=total, bad=bad, throttled=throttled(part, selection, step=step))


def throttled(part: Interval, selection: Selection, *, step: str) -> Query:
    """Requests that the limiter refused."""
    return _sum(
        "throttled requests",
        "Requests refused by the limiter (429), which the gateway counts among all requests. By the contract of the "
        "tier they are ours, and count as failed, or theirs, and are left out: neither good nor bad.",
        slo.recorded(report_series.THROTTLED, step) + selection.of(),
        part,
    )


def bad_events(part: Interval, selection: Selection, *, step: str) -> Query:
    """Bad events by SLO."""
    return _sum(
        "bad requests",
        "For availability answers with a 5xx status; for latency those over the threshold of the tenant's tier.",
        slo.recorded(slo.EVENTS_BAD, step) + selection.of(),
        part,
    )


def beside(border: datetime, events_name: str, chosen: str) -> Query:
    """Events of the minute before the border, and of the one after it."""
    return _samples(
        "uncertainty",
        "Requests of the minutes on either side of the borders of the period and of excluded windows. Between an "
        "event and its count lie a scrape and an evaluation (75 s at most): each may belong to the other side. The "
        "figure is given with the least and the most that it can be by that.",
        slo.recorded(events_name, "1m") + chosen,
        Interval(start=border - timedelta(minutes=1), end=border + timedelta(minutes=1)),
    )


def objectives(at: datetime, selection: Selection) -> Query:
    """The objectives by which alerts were judged at the end of the period."""
    return Query(
        figure="recorded objectives",
        definition="The objective that alerts used; where the contract's differs, the report says so.",
        text=slo.OBJECTIVE + selection.of(),
        at=at,
    )


def hourly(events_name: str, period: Interval, selection: Selection) -> Query:
    """One sample an hour of one tenant's availability events."""
    return _samples(
        "hours",
        "Requests and bad requests hour by hour, in whole hours of UTC.",
        slo.recorded(events_name, "1h") + selection.of(slo=slo.AVAILABILITY),
        period,
    )


def incidents(part: Interval, selection: Selection) -> Query:
    """Critical alerts that fired, minute by minute: one tenant's and the platform's, or all."""
    whose = f', tenant=~"|{selection.tenant}"' if selection.tenant else ""
    return Query(
        figure="incidents",
        definition="From the minute a critical alert fired to the minute it stopped. Where nothing is known of "
        "the fault behind it, its times are alert-based, and times to detect and to repair are not given.",
        text=f'count_over_time(ALERTS{{alertstate="firing", severity="critical"{whose}}}[59999ms])',
        start=part.start + timedelta(minutes=1),
        at=part.end,
        step=timedelta(minutes=1),
    )


def fault_minutes(around: Interval, tenants: tuple[str, ...]) -> tuple[Query, Query]:
    """Total and bad events of some tenants, minute by minute, where a fault may have begun and ended."""
    chosen = f'{{tenant=~"{"|".join(tenants)}"}}' if len(tenants) > 1 else f'{{tenant="{tenants[0]}"}}'
    definition = (
        "The fault behind an incident begins with the first minute in which a larger share of requests was bad "
        "than the objective allows, and ends with the last one; pauses under five minutes belong to it, and it is "
        "looked for up to six hours before its alert. Time to detect: from its start to the alert. Time to repair: "
        "from its start to its end. What slas/incidents.yml states of it comes first."
    )
    total, bad = (
        _samples("faults", definition, slo.recorded(events, "1m") + chosen, around)
        for events in (slo.EVENTS_TOTAL, slo.EVENTS_BAD)
    )
    return total, bad


def _sum(figure: str, definition: str, series: str, part: Interval) -> Query:
    return Query(
        figure=figure,
        definition=definition,
        text=f"sum_over_time({series}[{_length(part)}])",
        at=part.end + _LAST_OF_MINUTE,
    )


def _samples(figure: str, definition: str, series: str, part: Interval) -> Query:
    return Query(
        figure=figure, definition=definition, text=f"{series}[{_length(part)}]", at=part.end + _LAST_OF_MINUTE
    )


def _length(part: Interval) -> Duration:
    return Duration(part.minutes * 60_000)
