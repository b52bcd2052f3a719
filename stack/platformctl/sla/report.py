"""A report as a value: whole numbers, decimals and instants. Every ratio is worked out from these when shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from platformctl.sla.counts import Counts
from platformctl.sla.period import Period
from platformctl.sla.queries import Query
from platformctl.sla.timeline import Interval


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """One objective and what came of it. `target` is None where the tier promises nothing of the kind."""

    target: Decimal | None
    counts: Counts
    threshold: str = ""

    @property
    def kept(self) -> bool:
        """Whether the objective was met; what was not promised cannot be broken."""
        return self.target is None or self.counts.meets(self.target)


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """A critical alert from the minute it fired to the minute it stopped.

    cut: it fired before the period began or still fired at its end; the times are those inside the period.
    tenant: whom it named; empty for an alert on the platform.
    """

    alert: str
    when: Interval
    tenant: str = ""
    cut: bool = False


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

    gaps: no rules ran; neither up nor down. outages: no process of the platform answered.
    """

    gaps: tuple[Interval, ...]
    outages: tuple[Interval, ...]
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
class Report:
    """The figures of a period.

    scope: what was asked for (``all tenants``, ``tier gold``).
    until: where the figures end; before the period's end where it is not over.
    """

    period: Period
    until: datetime
    scope: str
    statements: tuple[Statement, ...]
    quality: Quality
    incidents: tuple[Incident, ...]
    queries: tuple[Query, ...]
    restatements: tuple[Restatement, ...] = ()

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
