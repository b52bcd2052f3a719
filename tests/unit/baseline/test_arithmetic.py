"""Percentiles, hours of the week, changes of the clocks, and how two baselines differ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platformctl.model.baseline import Cell, Profile, Subject, SubjectKind
from platformctl.sla.baseline import (
    BucketSeries,
    differences,
    hour_of_week,
    profiles,
    quantile,
    zone_changes,
)

GOLD = Subject(kind=SubjectKind.TIER, tier="gold")
MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
SINCE = 1_795_435_200  # 23 November 2026, 12:00 UTC


@pytest.mark.parametrize(
    ("buckets", "q", "expected"),
    [
        ({1.0: 100, 2.0: 100, inf: 100}, 0.95, 0.95),
        ({1.0: 50, 2.0: 100, inf: 100}, 0.75, 1.5),
        ({1.0: 0, 2.0: 100, inf: 100}, 0.5, 1.5),
        ({1.0: 50, 2.0: 60, inf: 100}, 0.95, 2.0),  # beyond the last bound: not known, but at least so much
        ({1.0: 0, 2.0: 0, inf: 100}, 0.5, 2.0),
        ({1.0: 100, 2.0: 99.9999, inf: 100}, 0.99, 0.99),  # sums of floats may fall a little
    ],
)
def test_a_quantile_lies_evenly_in_its_bucket(buckets: dict[float, float], q: float, expected: float) -> None:
    assert quantile(buckets, q) == pytest.approx(expected)


@given(
    st.lists(st.integers(0, 1000), min_size=2, max_size=6).filter(lambda counts: sum(counts) > 0),
    st.floats(0.01, 0.99),
    st.floats(0.01, 0.99),
)
def test_a_higher_quantile_is_never_smaller(counts: list[int], one: float, other: float) -> None:
    bounds = [*(float(n + 1) for n in range(len(counts) - 1)), inf]
    buckets = {bound: float(sum(counts[: n + 1])) for n, bound in enumerate(bounds)}
    low, high = sorted((one, other))
    assert 0 <= quantile(buckets, low) <= quantile(buckets, high) <= bounds[-2]


def series(bound: float, *counts: float, start: datetime = MONDAY) -> BucketSeries:
    return BucketSeries(
        subject=GOLD,
        bound=bound,
        counts=tuple((start + timedelta(hours=n), count) for n, count in enumerate(counts)),
    )


@pytest.mark.parametrize(
    ("requests", "known"),
    [(9, set()), (10, {"0.5"}), (99, {"0.5"}), (100, {"0.5", "0.95"}), (499, {"0.5", "0.95"}),
     (500, {"0.5", "0.95", "0.99"})],
)  # fmt: skip
def test_a_percentile_needs_five_requests_beyond_it(requests: int, known: set[str]) -> None:
    (profile,) = profiles([series(1.0, requests), series(inf, requests)], "UTC")
    assert profile.cells[0].seconds.keys() == known


def test_the_same_bound_written_in_two_ways_is_one_bound() -> None:
    """`le` is 1 from some clients and 1.0 from others: both are the float 1.0 here."""
    parts = [series(1.0, 60), series(1.0, 40), series(inf, 60), series(inf, 40)]
    (profile,) = profiles(parts, "UTC")
    assert (profile.cells[0].requests, profile.cells[0].seconds["0.95"]) == (100, 0.95)


@given(st.integers(0, 10**6), st.sampled_from(["UTC", "Asia/Kathmandu", "America/St_Johns", "Europe/Berlin"]))
def test_every_hour_falls_into_the_clocks_hour_in_which_it_begins(hours: int, zone: str) -> None:
    instant = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    local = instant.astimezone(ZoneInfo(zone))
    found = hour_of_week(instant, ZoneInfo(zone))
    assert divmod(found, 24) == (local.isoweekday() - 1, local.hour)


@given(
    st.integers(SINCE // 60, SINCE // 60 + 5 * 365 * 1440),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
                     "Africa/Casablanca"]),
)  # fmt: skip
def test_the_changes_of_the_clocks_add_up_to_the_offset(minute: int, zone: str) -> None:
    instant = datetime.fromtimestamp(minute * 60, UTC)
    changes = CHANGES[zone]
    summed = sum(change.seconds for change in changes if change.at <= instant.timestamp())
    offset = instant.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    assert summed == offset.total_seconds()


CHANGES = {
    zone: zone_changes(zone, since=datetime.fromtimestamp(SINCE, UTC))
    for zone in ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
                 "Africa/Casablanca")
}  # fmt: skip


def test_berlin_changes_to_the_second() -> None:
    """28 March 2027, 01:00 UTC, and 31 October 2027, 01:00 UTC."""
    first, spring, autumn = CHANGES["Europe/Berlin"][:3]
    assert (first.at, first.seconds) == (0, 3600)
    assert (spring.at, spring.seconds) == (1_806_195_600, 3600)
    assert (autumn.at, autumn.seconds) == (1_824_944_400, -3600)


def profile(tier: str, seconds: dict[int, float | None]) -> Profile:
    cells = {
        hour: Cell(hours=3, requests=100, seconds={} if s is None else {"0.95": s})
        for hour, s in seconds.items()
    }
    return Profile(subject=Subject(kind=SubjectKind.TIER, tier=tier), cells=cells)


def test_only_hours_that_both_sides_know_are_compared() -> None:
    before = profile("gold", {0: 0.1, 1: 0.1, 2: None, 3: 0.1, 4: 0.4})
    after = profile("gold", {0: 0.2, 2: 9.0, 3: 0.1, 4: 1.6, 5: 9.0})
    (found,) = differences([before], [after], name="0.95")
    assert (found.hours, found.ratio, found.worst) == (3, 2.0, (4, 0.4, 1.6))


def test_what_only_one_side_knows_is_named_and_comes_last() -> None:
    found = differences(
        [profile("gone", {0: 0.1}), profile("slow", {0: 0.1}), profile("fast", {0: 0.1})],
        [profile("new", {0: 0.1}), profile("slow", {0: 0.3}), profile("fast", {0: 0.05})],
        name="0.95",
    )
    assert [(d.subject.tier, d.ratio and round(d.ratio, 3)) for d in found] == [
        ("slow", 3.0),
        ("fast", 0.5),
        ("gone", None),
        ("new", None),
    ]
