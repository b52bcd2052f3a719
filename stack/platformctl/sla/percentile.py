"""Latency percentiles as far as a histogram tells them: between which two bounds, never a guess in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

SHOWN: Final = (Fraction(50, 100), Fraction(95, 100), Fraction(99, 100))


@dataclass(frozen=True, kw_only=True, slots=True)
class Bucket:
    """How many requests took at most so many seconds."""

    bound: Decimal
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Percentile:
    """A share of requests took at most `at_most` seconds, and the slowest of them more than `over`.

    at_most: None where the slowest took longer than the last bound.
    """

    share: Fraction
    over: Decimal
    at_most: Decimal | None

    @property
    def percent(self) -> int:
        """The share in percent."""
        return 100 * self.share.numerator // self.share.denominator


def buckets(counts: Mapping[str, int]) -> tuple[Bucket, ...]:
    """The finite buckets by their label ``le``; some clients write 1.0, others 1."""
    merged: dict[Decimal, int] = {}
    for le, count in counts.items():
        bound = Decimal(le)
        merged[bound] = merged.get(bound, 0) + count
    return tuple(Bucket(bound=bound.normalize(), count=merged[bound]) for bound in sorted(merged))


def agree(found: tuple[Bucket, ...], total: int) -> bool:
    """Whether the buckets can be those of one histogram with so many requests."""
    counts = [*(bucket.count for bucket in found), total]
    return all(fewer <= more for fewer, more in pairwise(counts))


def percentiles(found: tuple[Bucket, ...], total: int) -> Iterator[Percentile]:
    """The percentiles that are shown, by nearest rank; none without requests or buckets."""
    if not found or not total:
        return
    for share in SHOWN:
        yield _percentile(found, -(-share.numerator * total // share.denominator), share)


def _percentile(found: Iterable[Bucket], rank: int, share: Fraction) -> Percentile:
    over = Decimal(0)
    for bucket in found:
        if bucket.count >= rank:
            return Percentile(share=share, over=over, at_most=bucket.bound)
        over = bucket.bound
    return Percentile(share=share, over=over, at_most=None)
