"""Periods by the calendar of a zone, and minutes that add up."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platformctl.errors import UsageError
from platformctl.model.tenancy import Tenant, Vertical
from platformctl.sla import period as periods
from platformctl.sla.exclusion import Exclusion, Selected, segments
from platformctl.sla.period import Period
from platformctl.sla.timeline import Interval, minute_at, outside, runs, whole_hours

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday
BERLIN = "Europe/Berlin"


def named(text: str, zone: str = BERLIN, now: datetime = NOW) -> Period:
    return periods.parse(text, zone=zone, now=now)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "name", "start", "end"),
    [
        ("day", "2026-11-22", "2026-11-21T23:00", "2026-11-22T23:00"),
        ("week", "2026-W47", "2026-11-15T23:00", "2026-11-22T23:00"),
        ("month", "2026-10", "2026-09-30T22:00", "2026-10-31T23:00"),
        ("2026-W01", "2026-W01", "2025-12-28T23:00", "2026-01-04T23:00"),
        ("2026-02", "2026-02", "2026-01-31T23:00", "2026-02-28T23:00"),
        ("2026-11-01..2026-11-14", "2026-11-01..2026-11-14", "2026-10-31T23:00", "2026-11-14T23:00"),
        ("2026-10-25T01:30..2026-10-25T04:00",) * 2 + ("2026-10-24T23:30", "2026-10-25T03:00"),
    ],
)
def test_a_period_runs_from_midnight_to_midnight_of_its_zone(
    text: str, name: str, start: str, end: str
) -> None:
    period = named(text)
    assert (period.name, period.start, period.end) == (name, utc(start), utc(end))


@pytest.mark.parametrize(
    ("text", "zone", "hours"),
    [
        ("2026-03-29", BERLIN, 23),
        ("2026-10-25", BERLIN, 25),
        ("2026-W13", BERLIN, 167),
        ("2026-W43", BERLIN, 169),
        ("2026-W43", "UTC", 168),
        ("2026-10", BERLIN, 745),
        ("2026-03-08", "America/New_York", 23),
        ("2026-09-06", "America/Santiago", 23),  # there the clocks jump over midnight itself
    ],
)
def test_a_change_of_the_clocks_makes_a_day_shorter_or_longer(text: str, zone: str, hours: int) -> None:
    assert named(text, zone).minutes == hours * 60


@pytest.mark.parametrize("zone", [BERLIN, "UTC", "America/Santiago", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_the_days_of_a_year_touch_and_never_overlap(zone: str) -> None:
    period = named("2026-12-31", zone)
    for _ in range(365):
        before = period.previous()
        assert before.end == period.start
        period = before
    assert period.name == "2025-12-31"


def test_the_week_before_the_first_is_the_last_of_the_old_year() -> None:
    assert named("2026-W01").previous().name == "2025-W52"
    assert named("2021-W01").previous().name == "2020-W53"
    assert named("2026-03").previous().name == "2026-02"


def test_the_last_day_depends_on_the_zone() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert named("day", "UTC", late).name == "2026-11-22"
    assert named("day", BERLIN, late).name == "2026-11-23"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "year",
        "2026-13",
        "2026-W54",
        "2026-02-30",
        "2026-11-14..2026-11-01",
        "../x",
        "2026-11-14T10:00..2026-11-14T10:00",
    ],
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a period"):
        named(text)


@given(st.sets(st.integers(29_000_000, 29_003_000)))
def test_runs_hold_the_minutes_they_are_made_of(minutes: set[int]) -> None:
    found = list(runs(minutes))
    assert {m for interval in found for m in interval.ends} == minutes
    assert all(one.end < other.start for one, other in pairwise(found))


@given(st.integers(0, 3000), st.integers(1, 3000), st.sets(st.integers(0, 100)))
def test_whole_hours_and_what_is_outside_them_make_the_whole(
    start: int, length: int, missing: set[int]
) -> None:
    base = datetime(2026, 10, 25, tzinfo=UTC)
    span = Interval(start=base + timedelta(minutes=start), end=base + timedelta(minutes=start + length))
    hours = whole_hours(span)
    ends = [m for m in (hours.ends if hours else []) if m % 60 == 0 and (m // 60) % 101 not in missing]
    spoken_for = {m for end in ends for m in range(end - 59, end + 1)}
    rest = {m for interval in outside(span, ends) for m in interval.ends}
    assert spoken_for & rest == set()
    assert spoken_for | rest == set(span.ends)


def window(name: str, start: int, end: int, **chosen: frozenset[str]) -> Exclusion:
    base = datetime(2026, 10, 25, tzinfo=UTC)
    when = Interval(start=base + timedelta(minutes=start), end=base + timedelta(minutes=end))
    return Exclusion(id=name, when=when, reason="agreed", whom=Selected(**chosen))


@given(st.lists(st.tuples(st.integers(-50, 150), st.integers(1, 80)), max_size=6))
def test_overlapping_windows_forgive_no_minute_twice(edges: list[tuple[int, int]]) -> None:
    base = datetime(2026, 10, 25, tzinfo=UTC)
    period = Interval(start=base, end=base + timedelta(minutes=100))
    windows = [window(f"w{n}", start, start + length) for n, (start, length) in enumerate(edges)]
    found = [m for segment in segments(windows, period) for m in segment.when.ends]
    excused = {m for w in windows for m in w.when.ends} & set(period.ends)
    assert sorted(found) == sorted(excused)


def test_a_window_is_for_those_who_fit_every_selection() -> None:
    inn = Tenant(id="inn", name="Inn", vertical=Vertical.HOTELS, tier="gold")
    assert window("all", 0, 1).applies_to(inn)
    assert window("mine", 0, 1, tenants=frozenset({"inn"}), tiers=frozenset({"gold"})).applies_to(inn)
    assert not window("other", 0, 1, tenants=frozenset({"inn"}), tiers=frozenset({"silver"})).applies_to(inn)


def test_a_minute_is_named_by_its_end() -> None:
    start = datetime(2026, 10, 25, 10, 0, tzinfo=UTC)
    hour = Interval(start=start, end=start + timedelta(hours=1))
    assert (hour.ends[0], hour.ends[-1]) == (minute_at(start) + 1, minute_at(start) + 60)
