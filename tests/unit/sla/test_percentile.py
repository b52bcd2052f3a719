"""Percentiles lie where the sorted times lie: between the bounds around the time of nearest rank."""

from bisect import bisect_right
from decimal import Decimal
from fractions import Fraction
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from platformctl.sla.percentile import Bucket, agree, buckets, percentiles

BOUNDS = ("0.25", "0.5", "1", "2.5", "10", "30")


@given(st.lists(st.integers(1, 60_000), max_size=300))
def test_the_time_of_nearest_rank_lies_between_the_bounds(times_ms: list[int]) -> None:
    ordered = sorted(times_ms)
    counts = {le: bisect_right(ordered, int(Decimal(le) * 1000)) for le in BOUNDS}
    found = list(percentiles(buckets(counts), len(ordered)))
    assert len(found) == (3 if ordered else 0)
    for percentile in found:
        truth = Decimal(ordered[ceil(percentile.share * len(ordered)) - 1]) / 1000
        assert percentile.over < truth
        assert percentile.at_most is None or truth <= percentile.at_most


def test_of_101_requests_the_96th_is_the_95th_percentile() -> None:
    """95 % of 101 are 95.95, so that 96 requests are needed."""
    found = {p.share: p for p in percentiles((Bucket(bound=Decimal("0.1"), count=95),), 101)}
    assert found[Fraction(95, 100)].at_most is None
    assert found[Fraction(50, 100)].at_most == Decimal("0.1")


def test_clients_that_write_bounds_differently_are_added_up() -> None:
    assert buckets({"1": 3, "1.0": 4, "0.5": 2}) == (
        Bucket(bound=Decimal("0.5"), count=2),
        Bucket(bound=Decimal(1), count=7),
    )


def test_buckets_that_fall_or_exceed_the_total_do_not_agree() -> None:
    falling = (Bucket(bound=Decimal(1), count=5), Bucket(bound=Decimal(2), count=4))
    assert not agree(falling, 9)
    assert not agree(falling[:1], 4)
    assert agree(falling[:1], 5)
    assert agree((), 0)
