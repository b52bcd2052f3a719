"""Events, the share of them that was good, and the budget that an objective leaves. Exact fractions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """Events (requests, or minutes) and how many of them were bad; `forgiven` bad ones are excluded.

    What is forgiven counts neither as good nor as bad, and good events in the same time still count:
    an exclusion can therefore never lower a ratio.
    """

    total: int
    bad: int
    forgiven: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.forgiven <= self.bad <= self.total:
            raise ValueError(f"impossible counts: {self.forgiven} forgiven of {self.bad} bad of {self.total}")

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            total=self.total + other.total,
            bad=self.bad + other.bad,
            forgiven=self.forgiven + other.forgiven,
        )

    @property
    def good(self) -> int:
        """Events that were not bad."""
        return self.total - self.bad

    @property
    def counted(self) -> int:
        """Events that count: all but the forgiven."""
        return self.total - self.forgiven

    @property
    def counted_bad(self) -> int:
        """Bad events that count."""
        return self.bad - self.forgiven

    @property
    def ratio(self) -> Fraction | None:
        """Good over counted events; None where nothing counts."""
        return Fraction(self.good, self.counted) if self.counted else None

    def meets(self, target: Decimal) -> bool:
        """Whether the objective is kept; without events it is."""
        numerator, denominator = target.as_integer_ratio()
        return self.good * denominator >= numerator * self.counted

    def allowed(self, target: Decimal) -> Fraction:
        """How many events the objective lets be bad."""
        return (1 - Fraction(target)) * self.counted

    def spent(self, target: Decimal) -> Fraction:
        """The share of the error budget that was spent: 1 is all of it, 0 where there were no events."""
        numerator, denominator = target.as_integer_ratio()
        allowed = (denominator - numerator) * self.counted
        return Fraction(self.counted_bad * denominator, allowed) if allowed else Fraction(0)

    def left(self, target: Decimal) -> Fraction:
        """The share of the error budget that is left; negative where the objective is broken."""
        return 1 - self.spent(target)


NOTHING = Counts(total=0, bad=0)
