"""Who uses the platform: verticals, tools, tiers and tenants."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from platformctl.errors import DefinitionError
from platformctl.model import _guard
from platformctl.model.units import Duration


class Vertical(StrEnum):
    """The line of business a tenant is in."""

    HOTELS = "hotels"
    CINEMAS = "cinemas"
    GYMS = "gyms"
    B2B = "b2b"
    RETAIL = "retail"


class Tool(StrEnum):
    """The products a tenant works with."""

    MARKET_EDGE = "market_edge"
    CAUSAL_EDGE = "causal_edge"
    VALUE_EDGE = "value_edge"


@dataclass(frozen=True, kw_only=True, slots=True)
class Objective:
    """A target for one SLI over a rolling window.

    target is a ratio below one (0.999 is "three nines"), exact: floats leak into rules.
    latency_threshold is set for latency objectives only.
    """

    sli: str
    target: Decimal
    window: Duration
    latency_threshold: Duration | None = None

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.sli, what="SLI", like="availability")
        if not Decimal(0) < self.target < Decimal(1):
            raise DefinitionError(
                f"objective {self.sli!r} has the target {self.target}",
                fix="a target lies between 0 and 1, without the ends: 0.999",
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """A subscription tier: what its tenants are promised."""

    name: str
    rank: int
    objectives: tuple[Objective, ...]
    requests_per_minute: int

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.name, what="tier", like="gold")
        _guard.unique((o.sli for o in self.objectives), what=f"objective of tier {self.name}")
        if self.requests_per_minute <= 0:
            raise DefinitionError(f"tier {self.name!r} allows {self.requests_per_minute} requests per minute")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tenant:
    """One customer. `id` is the one identifier used in labels, logs, limits and reports.

    objectives: what its contract promises otherwise than its tier does, by SLI.
    """

    id: str
    name: str
    vertical: Vertical
    tier: str
    objectives: tuple[Objective, ...] = ()

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.id, what="tenant", like="grand-hotel")
        _guard.not_blank(self.name, what=f"name of tenant {self.id!r}")
        _guard.unique((o.sli for o in self.objectives), what=f"objective of tenant {self.id}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """A job of Prometheus, and what it promises by itself, whichever tenant asks it."""

    name: str
    objectives: tuple[Objective, ...]

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.name, what="service", like="orders-api")
        _guard.unique((o.sli for o in self.objectives), what=f"objective of service {self.name}")
