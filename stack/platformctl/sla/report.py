"""A report as a value: whole numbers, decimals and instants. Every ratio is worked out from these when shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from platformctl.sla.counts import Counts
from platformctl.sla.percentile import Bucket
from platformctl.sla.period import Period
from platformctl.sla.queries import Query
from platformctl.sla.timeline import Interval


@dataclass(frozen=True, kw_only=True, slots=True)
class Borders:
    """Events of the minutes on either side of the borders of a period and of its excluded windows.

    A scrape and an evaluation lie between an event and its count: each may belong to the other side.
    inside, outside: recorded within the period, and next to it. forgiven, unforgiven: bad ones within excluded
    windows, and next to them.
    """

    inside: Counts
    outside: Counts
    forgiven: int = 0
    unforgiven: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """One objective and what came of it. `target` is None where the tier promises nothing of the kind.

    borders: what the figure may be wrong by; None where it was not recorded.
    """

    target: Decimal | None
    counts: Counts
    threshold: str = ""
    borders: Borders | None = None

    @property
    def kept(self) -> bool:
        """Whether the objective was met; what was not promised cannot be broken."""
        return self.target is None or self.counts.meets(self.target)

    @property
    def between(self) -> tuple[Fraction, Fraction] | None:
        """The least and the most that the ratio can truly be; None where nothing counts, or it is not known."""
        if self.borders is None or not self.counts.counted:
            return None
        good, bad, at = self.counts.good, self.counts.counted_bad, self.borders
        least_good, most_bad = max(0, good - at.inside.good), bad + at.outside.bad + at.forgiven
        most_good, least_bad = good + at.outside.good, max(0, bad - at.inside.bad - at.unforgiven)
        return (
            Fraction(least_good, max(1, least_good + most_bad)),
            Fraction(most_good, max(1, most_good + least_bad)),
        )

    @property
    def is_close(self) -> bool:
        """Whether events at the borders could turn the verdict."""
        if self.target is None or (truly := self.between) is None:
            return False
        least, most = truly
        return least < Fraction(self.target) <= most


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """An earlier period; `requests` is None where nothing is known of it."""

    name: str
    requests: Counts | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hour:
    """One hour of UTC of a tenant."""

    start: datetime
    requests: Counts


class Basis(StrEnum):
    """Where an incident's fault is known from."""

    ALERT = "alert"
    RECORDED = "recorded failures"
    ESTABLISHED = "post-mortem"


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """A critical alert from the minute it fired to the minute it stopped, and the fault it told of.

    alert: empty where no alert told of a fault that a post-mortem established; `when` is then the fault's time.
    cut: it fired before the period began or still fired at its end; the times are those inside the period.
    tenant: whom it named; empty for an alert on the platform. slo: the objective that it was about.
    fault: None where only the alert is known. cause: what a post-mortem says.
    """

    alert: str
    when: Interval
    tenant: str = ""
    slo: str = ""
    cut: bool = False
    fault: Interval | None = None
    basis: Basis = Basis.ALERT
    cause: str = ""

    def of_fault(self, fault: Interval, basis: Basis, cause: str) -> Incident:
        """The incident with what is known of its fault."""
        return replace(self, fault=fault, basis=basis, cause=cause)

    @property
    def minutes_to_detect(self) -> int | None:
        """From the start of the fault to the alert; None where the one or the other is not known."""
        if self.fault is None or self.cut or not self.alert:
            return None
        return max(0, (self.when.start - self.fault.start) // timedelta(minutes=1))

    @property
    def minutes_to_repair(self) -> int | None:
        """From the start of the fault to its end; None where it is not known."""
        return None if self.fault is None or self.cut else self.fault.minutes


@dataclass(frozen=True, kw_only=True, slots=True)
class Throttled:
    """Requests that the limiter refused; `ours` where the contract counts them as failed by the platform."""

    count: int
    ours: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusClass:
    """How many answers had this first digit (``5xx``)."""

    name: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Excused:
    """A maintenance window or agreed cause that touches the period, and what it forgave."""

    id: str
    reason: str
    when: Interval


@dataclass(frozen=True, kw_only=True, slots=True)
class Detail:
    """What only a report on one tenant holds."""

    hours: tuple[Hour, ...]
    down: tuple[Interval, ...]
    incidents: tuple[Incident, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """The figures of one tenant.

    minutes: observed minutes and those in which it was down.
    known: whether the history holds anything of it; without, no figure is given.
    buckets: of measured times, for percentiles; empty where they were not recorded or contradict each other.
    throttled: None where no limiter's counts were recorded.
    credit: percent of the month's fee by the contract's table; None where the period is no month, or there
    is no table for the tier.
    """

    tenant: str
    name: str
    tier: str
    vertical: str
    known: bool
    availability: Promise
    latency: Promise
    minutes: Counts
    classes: tuple[StatusClass, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    throttled: Throttled | None = None
    excused: tuple[Excused, ...] = ()
    credit: Decimal | None = None
    past: tuple[Past, ...] = ()
    notes: tuple[str, ...] = ()
    detail: Detail | None = None

    @property
    def kept(self) -> bool:
        """Whether every objective was met, as far as is known."""
        return self.availability.kept and self.latency.kept


@dataclass(frozen=True, kw_only=True, slots=True)
class Quality:
    """How far the data can be trusted: what was not observed, and what stands out.

    gaps: no rules ran, or nothing was asked; neither up nor down. outages: no process of the platform answered.
    partial: some of the processes that count did not answer.
    """

    gaps: tuple[Interval, ...]
    outages: tuple[Interval, ...]
    partial: tuple[Interval, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def unobserved_minutes(self) -> int:
        """Minutes of which nothing is known."""
        return sum(gap.minutes for gap in self.gaps)


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """A figure that was stated otherwise before."""

    tenant: str
    was: str
    now: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Restatement:
    """A later statement of a closed period: why, and what changed."""

    number: int
    reason: str
    corrections: tuple[Correction, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """That the ledger holds the figures: as which statement of the period, since when, and under which seal."""

    number: int
    at: datetime
    seal: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The figures of a period.

    scope: what was asked for (``all tenants``, ``tier gold``).
    until: where the figures end; before the period's end where it is not over.
    stated: None where they were entered in no ledger.
    """

    period: Period
    until: datetime
    scope: str
    statements: tuple[Statement, ...]
    quality: Quality
    incidents: tuple[Incident, ...]
    queries: tuple[Query, ...]
    restatements: tuple[Restatement, ...] = ()
    stated: Stated | None = None

    @property
    def provisional(self) -> bool:
        """Whether the period was not over."""
        return self.until < self.period.end

    @property
    def unknown(self) -> tuple[Statement, ...]:
        """The tenants of which the history holds nothing."""
        return tuple(s for s in self.statements if not s.known)

    @property
    def breaches(self) -> tuple[Statement, ...]:
        """The tenants whose objectives were not met."""
        return tuple(s for s in self.statements if not s.kept)
