"""Counts decisions in plain integers: about a microsecond each, and no lock. The collector reads them."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from time import monotonic

from platform_ratelimit.decision import Decision, Source
from platform_ratelimit.metrics.catalogue import ANONYMOUS, DECISION_BUCKETS_S, MOST_TENANTS, OVERFLOW
from platform_ratelimit.policy import Mode

IDLE_S = 3600.0


class TenantTally:
    """One tenant's counts."""

    __slots__ = ("allowed", "denied", "last", "seen_at")

    def __init__(self) -> None:
        self.allowed = 0
        self.denied: dict[tuple[str, str], int] = {}  # scope and limit -> count
        self.last: Decision | None = None  # that a limit was asked for
        self.seen_at = 0.0

    @property
    def used(self) -> float:
        """The part of the tightest limit that was used up when it was last asked for."""
        planned = self.last.limit if self.last is not None else None
        if self.last is None or planned is None:
            return 0.0
        return 1.0 - self.last.left_of(self.last.index) / planned.limit.quota


class Tally:
    """What has been decided in this process."""

    def __init__(self, *, most_tenants: int = MOST_TENANTS, clock: Callable[[], float] = monotonic) -> None:
        self._most, self._clock = most_tenants, clock
        self.outcomes: dict[tuple[bool, Source, Mode], int] = defaultdict(int)
        self.durations: dict[Source, list[int]] = {}
        self.seconds: dict[Source, float] = defaultdict(float)
        self.changes = {"up": 0, "down": 0}
        self._tenants: dict[str, TenantTally] = {}

    def observe(self, decision: Decision, seconds: float) -> None:
        """Count one decision; the limiter's `observe`."""
        plan, source, name = decision.plan, decision.source, decision.plan.tenant or ANONYMOUS
        self.outcomes[decision.allowed, source, plan.mode] += 1
        row = self.durations.get(source)
        if row is None:
            row = self.durations[source] = [0] * (len(DECISION_BUCKETS_S) + 1)
        row[bisect_left(DECISION_BUCKETS_S, seconds)] += 1
        self.seconds[source] += seconds
        tally = self._tenants.get(name) or self._tenant(name)
        tally.seen_at = self._clock()
        if decision.index >= 0:
            tally.last = decision
        if decision.allowed:
            tally.allowed += 1
        else:
            _deny(tally, decision)

    def backend_changed(self, _place: str, available: bool, _reason: str) -> None:
        """Count a change of the backend's state; a `StateChange`."""
        self.changes["up" if available else "down"] += 1

    def tenants(self) -> Iterator[tuple[str, TenantTally]]:
        """The tenants that are kept apart."""
        return iter(sorted(self._tenants.items()))

    def _tenant(self, name: str) -> TenantTally:
        tally = self._tenants.get(name)
        if tally is None:
            if len(self._tenants) >= self._most:
                self._forget_idle()
            if len(self._tenants) >= self._most:
                name = OVERFLOW
                tally = self._tenants.get(name)
            if tally is None:
                tally = self._tenants[name] = TenantTally()
        return tally

    def _forget_idle(self) -> None:
        edge = self._clock() - IDLE_S
        self._tenants = {name: tally for name, tally in self._tenants.items() if tally.seen_at >= edge}


def _deny(tally: TenantTally, decision: Decision) -> None:
    planned = decision.limit
    place = (planned.scope.value, planned.limit.name) if planned else ("none", decision.source.value)
    tally.denied[place] = tally.denied.get(place, 0) + 1
