"""The arithmetic of baselines: histograms by hour of the week, their percentiles, and how two of them differ.

The rules:
- An hour of UTC belongs to the hour of the week, by the zone's clock, in which it begins. When clocks go back,
  two hours fall into one cell; when they go forward, one cell gets none that week.
- The histograms of a cell's hours are added before a percentile is taken: many requests weigh more than few.
- A percentile is only given where at least `LEAST_BEYOND` requests lie beyond it: 10 requests for the median,
  100 for p95, 500 for p99.
- An hour that was not observed is left out; it is neither fast nor slow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from statistics import median
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from platformctl.model.baseline import QUANTILES, Cell, HourOfWeek, Profile, Subject, ZoneChange

Buckets: TypeAlias = Mapping[float, float]
"""Requests up to each bound, the bound of infinity among them."""

LEAST_BEYOND: Final = 5
_PLACES: Final = 6
_YEARS_AHEAD: Final = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class BucketSeries:
    """Requests of one subject that took up to `bound` seconds: (begin of the hour in UTC, how many)."""

    subject: Subject
    bound: float
    counts: tuple[tuple[datetime, float], ...]


def profiles(series: Iterable[BucketSeries], zone: str) -> tuple[Profile, ...]:
    """The subjects through the week, in order."""
    clock = ZoneInfo(zone)
    summed: defaultdict[tuple[Subject, HourOfWeek], defaultdict[float, float]] = defaultdict(_empty)
    observed: defaultdict[tuple[Subject, HourOfWeek], int] = defaultdict(int)
    for one in series:
        for start, count in one.counts:
            key = (one.subject, hour_of_week(start, clock))
            summed[key][one.bound] += count
            observed[key] += one.bound == inf
    cells: defaultdict[Subject, dict[HourOfWeek, Cell]] = defaultdict(dict)
    for subject, hour in sorted(summed):
        cells[subject][hour] = _cell(summed[subject, hour], observed[subject, hour])
    return tuple(Profile(subject=subject, cells=found) for subject, found in cells.items())


def _empty() -> defaultdict[float, float]:
    return defaultdict(float)


def hour_of_week(instant: datetime, clock: ZoneInfo) -> HourOfWeek:
    """The hour of the week that the instant lies in."""
    local = instant.astimezone(clock)
    return local.weekday() * 24 + local.hour


def _cell(buckets: Buckets, hours: int) -> Cell:
    total = buckets.get(inf, 0.0)
    seconds = {
        name: round(quantile(buckets, float(name)), _PLACES)
        for name in QUANTILES
        if total * (1 - float(name)) >= LEAST_BEYOND - 1e-6
    }
    return Cell(hours=hours, requests=round(total), seconds=seconds)


def quantile(buckets: Buckets, q: float) -> float:
    """The quantile as Prometheus' ``histogram_quantile`` works it out: linear inside a bucket, from zero on.

    Above the last finite bound it is that bound. Needs requests and a finite bound.
    """
    bounds = sorted(buckets)
    rank = q * buckets[bounds[-1]]
    below, start = 0.0, 0.0
    for bound in bounds[:-1]:
        count = max(below, buckets[bound])
        if count >= rank:
            return start + (bound - start) * (rank - below) / (count - below) if count > below else bound
        below, start = count, bound
    return start


def zone_changes(zone: str, *, since: datetime) -> tuple[ZoneChange, ...]:
    """The zone's offset at `since`, and each change of it in the years that follow."""
    clock = ZoneInfo(zone)
    day = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    before = _offset(day, clock)
    found = [ZoneChange(at=0, seconds=before)]
    for _ in range(_YEARS_AHEAD * 366):
        day += timedelta(days=1)
        if (after := _offset(day, clock)) != before:
            change = _first(lambda at: _offset(at, clock) == after, day - timedelta(days=1), day)
            found.append(ZoneChange(at=int(change.timestamp()), seconds=after - before))
            before = after
    return tuple(found)


def _offset(instant: datetime, clock: ZoneInfo) -> int:
    offset = instant.astimezone(clock).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def _first(holds: Callable[[datetime], bool], low: datetime, high: datetime) -> datetime:
    """The first whole second in (low, high] of which it holds; it must hold of `high` and stay so."""
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """How one subject's percentile moved: over the hours of the week that both sides have.

    ratio: the median of the hours' ratios, 2 is twice as slow; None where no hour can be compared.
    worst: the hour that moved most, with its seconds before and after.
    """

    subject: Subject
    hours: int
    ratio: float | None
    worst: tuple[HourOfWeek, float, float] | None


def differences(before: Iterable[Profile], after: Iterable[Profile], *, name: str) -> tuple[Difference, ...]:
    """Every subject of either side, the slowest first; those that cannot be compared come last."""
    old, new = ({p.subject: p.cells for p in side} for side in (before, after))
    found = [_difference(s, old.get(s, {}), new.get(s, {}), name) for s in sorted({*old, *new})]
    return tuple(sorted(found, key=lambda d: (d.ratio is None, -(d.ratio or 0))))


def _difference(
    subject: Subject, old: Mapping[HourOfWeek, Cell], new: Mapping[HourOfWeek, Cell], name: str
) -> Difference:
    pairs = dict(_pairs(old, new, name))
    if not pairs:
        return Difference(subject=subject, hours=0, ratio=None, worst=None)
    ratios = {hour: now / was for hour, (was, now) in pairs.items()}
    worst = max(ratios, key=lambda hour: (ratios[hour], -hour))
    return Difference(
        subject=subject, hours=len(pairs), ratio=median(ratios.values()), worst=(worst, *pairs[worst])
    )


def _pairs(
    old: Mapping[HourOfWeek, Cell], new: Mapping[HourOfWeek, Cell], name: str
) -> Iterator[tuple[HourOfWeek, tuple[float, float]]]:
    for hour, cell in sorted(old.items()):
        was = cell.seconds.get(name)
        now = new[hour].seconds.get(name) if hour in new else None
        if was and now is not None:
            yield hour, (was, now)
