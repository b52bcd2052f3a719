"""What was read for a period, before anything is concluded from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from platformctl.sla.counts import Counts
from platformctl.sla.exclusion import Segment
from platformctl.sla.queries import Query
from platformctl.sla.report import Hour, Incident
from platformctl.sla.timeline import Minute

EVERY_LIMIT: Final = "limit"
"""The label under which throttled requests are tallied: their series tell of no kinds."""


class Tally:
    """Whole numbers by tenant and label (an SLO, a status class), added up."""

    def __init__(self) -> None:
        self._counts: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))

    def add(self, tenant: str, label: str, count: int) -> None:
        """Add to the number."""
        self._counts[tenant][label] += count

    def of(self, tenant: str, label: str) -> int:
        """The number; 0 where nothing was added."""
        return self.by_label(tenant).get(label, 0)

    def has(self, tenant: str, label: str) -> bool:
        """Whether anything was added, be it 0."""
        return label in self.by_label(tenant)

    def by_label(self, tenant: str) -> Mapping[str, int]:
        """The tenant's numbers."""
        return self._counts.get(tenant, {})

    def tenants(self) -> Iterable[str]:
        """Every tenant that something was added for."""
        return self._counts


@dataclass(frozen=True, kw_only=True, slots=True)
class EventTallies:
    """Events by (tenant, SLO); by tenant, requests by status class and by latency bound, and throttled ones."""

    total: Tally = field(default_factory=Tally)
    bad: Tally = field(default_factory=Tally)
    classes: Tally = field(default_factory=Tally)
    buckets: Tally = field(default_factory=Tally)
    throttled: Tally = field(default_factory=Tally)


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """Events of the minute on one side of a border."""

    total: Tally = field(default_factory=Tally)
    bad: Tally = field(default_factory=Tally)
    throttled: Tally = field(default_factory=Tally)


@dataclass(frozen=True, kw_only=True, slots=True)
class Border:
    """Events of the minutes before and after an instant."""

    before: Beside = field(default_factory=Beside)
    after: Beside = field(default_factory=Beside)


@dataclass(frozen=True, kw_only=True, slots=True)
class Forgiven:
    """A segment of excluded time, and the bad events and throttled requests in it."""

    segment: Segment
    bad: Tally
    throttled: Tally = field(default_factory=Tally)


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What was read of an earlier period."""

    events: EventTallies
    forgiven: tuple[Forgiven, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """Minutes by how well they were watched.

    observed: rules ran, some process that serves tenants was asked, and some that counts requests answered.
    unreachable: none that serves tenants answered, be it a scrape or a probe from outside.
    answering: a probe was answered while no scrape was. unprobed: of those unreachable, none was probed.
    unread: some that count did not.
    known: it was recorded at all whether they answer.
    """

    observed: frozenset[Minute]
    unreachable: frozenset[Minute] = frozenset()
    answering: frozenset[Minute] = frozenset()
    unprobed: frozenset[Minute] = frozenset()
    unread: frozenset[Minute] = frozenset()
    known: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """Everything that was read for one period.

    down: by tenant, the minutes in which half of its requests failed.
    objectives: by (tenant, SLO), as alerts used them.
    fault_minutes: by (tenant, SLO), events minute by minute around incidents.
    borders: by instant, the start and end of the period and of every segment of excluded time.
    past: by name, the earlier periods that no ledger states.
    """

    watch: Watch
    events: EventTallies
    borders: Mapping[datetime, Border]
    down: Mapping[str, frozenset[Minute]]
    forgiven: tuple[Forgiven, ...]
    objectives: Mapping[tuple[str, str], Decimal]
    incidents: tuple[Incident, ...]
    fault_minutes: Mapping[tuple[str, str], Mapping[Minute, Counts]]
    past: Mapping[str, Past]
    hours: tuple[Hour, ...]
    queries: tuple[Query, ...]
