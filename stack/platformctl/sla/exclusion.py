"""Time that a contract does not count: announced maintenance and causes agreed on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from platformctl.errors import DefinitionError
from platformctl.model.tenancy import Tenant
from platformctl.sla.timeline import Interval


@dataclass(frozen=True, kw_only=True, slots=True)
class Selected:
    """Some tenants: those that fit every selection that is given. Empty selections mean everybody."""

    tenants: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    verticals: frozenset[str] = frozenset()

    def holds(self, tenant: Tenant) -> bool:
        """Whether the tenant is among them."""
        return (
            (not self.tenants or tenant.id in self.tenants)
            and (not self.tiers or tenant.tier in self.tiers)
            and (not self.verticals or tenant.vertical in self.verticals)
        )


EVERYBODY: Final = Selected()


@dataclass(frozen=True, kw_only=True, slots=True)
class Exclusion:
    """A window whose failures are forgiven, for whom and why."""

    id: str
    when: Interval
    reason: str
    whom: Selected = EVERYBODY

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise DefinitionError(f"the exclusion {self.id!r} gives no reason")

    def applies_to(self, tenant: Tenant) -> bool:
        """Whether it is for the tenant."""
        return self.whom.holds(tenant)


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A stretch of time in which the same exclusions hold."""

    when: Interval
    exclusions: tuple[Exclusion, ...]

    def excuses(self, tenant: Tenant) -> bool:
        """Whether the tenant's failures in it are forgiven."""
        return any(exclusion.applies_to(tenant) for exclusion in self.exclusions)


def segments(exclusions: Iterable[Exclusion], period: Interval) -> Iterator[Segment]:
    """The period's excluded time cut at every start and end, so that nothing is forgiven twice."""
    clipped = [(inside, e) for e in exclusions if (inside := e.when.clipped(period))]
    cuts = sorted({edge for inside, _ in clipped for edge in (inside.start, inside.end)})
    for start, end in pairwise(cuts):
        holding = tuple(e for inside, e in clipped if inside.start <= start and end <= inside.end)
        if holding:
            yield Segment(when=Interval(start=start, end=end), exclusions=holding)
