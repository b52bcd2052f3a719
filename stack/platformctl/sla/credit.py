"""What is owed when an objective is broken, by the contract's table."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from platformctl.errors import DefinitionError
from platformctl.sla.counts import Counts


class Basis(StrEnum):
    """Which availability a credit is worked out from.

    requests: answered over all. minutes: minutes not down over all. worse: whichever is lower, so that
    neither a total outage (no requests to fail) nor a bad minute with few requests is lost.
    """

    REQUESTS = "requests"
    MINUTES = "minutes"
    WORSE = "worse"


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditStep:
    """Below this availability, so many percent of the month's fee."""

    below: Decimal
    percent: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditTable:
    """The steps of some tiers, from the mildest to the worst."""

    tiers: tuple[str, ...]
    basis: Basis
    steps: tuple[CreditStep, ...]

    def __post_init__(self) -> None:
        for milder, worse in pairwise(self.steps):
            if not (worse.below < milder.below and worse.percent > milder.percent):
                raise DefinitionError(
                    f"credits of {', '.join(self.tiers)}: below {worse.below} owes {worse.percent} %, "
                    f"after {milder.percent} % below {milder.below}",
                    fix="order the steps so that a lower availability owes more",
                )

    def availability(self, requests: Counts, minutes: Counts) -> Fraction | None:
        """The availability that the table is about; None where there is nothing to go by."""
        match self.basis:
            case Basis.REQUESTS:
                return requests.ratio
            case Basis.MINUTES:
                return minutes.ratio
            case Basis.WORSE:
                return min((r for r in (requests.ratio, minutes.ratio) if r is not None), default=None)

    def owed(self, requests: Counts, minutes: Counts) -> Decimal:
        """Percent of the month's fee."""
        availability = self.availability(requests, minutes)
        if availability is None:
            return Decimal(0)
        return max((s.percent for s in self.steps if availability < Fraction(s.below)), default=Decimal(0))
