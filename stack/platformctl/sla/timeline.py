"""Minutes and intervals: which were observed, which were down, which are excused.

A minute is its end, in minutes since 1970: rules that ran at 10:31:12 speak of the minute that ended at
10:31. The seconds at which rules run are a constant of the server, so nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

Minute: TypeAlias = int
_MINUTE_S: Final = 60


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Interval:
    """From `start` to `end`, which no longer belongs to it; both in UTC, on whole minutes."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"an interval that ends at {self.end} cannot start at {self.start}")

    @property
    def minutes(self) -> int:
        """How long it is."""
        return (self.end - self.start) // timedelta(minutes=1)

    @property
    def ends(self) -> range:
        """Its minutes."""
        return range(minute_at(self.start) + 1, minute_at(self.end) + 1)

    def clipped(self, to: Interval) -> Interval | None:
        """The part of it inside `to`."""
        start, end = max(self.start, to.start), min(self.end, to.end)
        return Interval(start=start, end=end) if start < end else None


def minute_at(instant: datetime) -> Minute:
    """The whole minute at or before the instant."""
    return int(instant.timestamp()) // _MINUTE_S


def minute_of_sample(timestamp_ms: int) -> Minute:
    """The minute that a sample speaks of, if it was recorded at this time."""
    return timestamp_ms // 1000 // _MINUTE_S


def instant(minute: Minute) -> datetime:
    """The end of the minute."""
    return datetime.fromtimestamp(minute * _MINUTE_S, UTC)


def runs(minutes: Iterable[Minute]) -> Iterator[Interval]:
    """The minutes as intervals, in order."""
    first = last = None
    for minute in sorted(minutes):
        if first is None or last is None:
            first = last = minute
        elif minute == last + 1:
            last = minute
        elif minute > last:
            yield _run(first, last)
            first = last = minute
    if first is not None and last is not None:
        yield _run(first, last)


def _run(first: Minute, last: Minute) -> Interval:
    return Interval(start=instant(first - 1), end=instant(last))


def whole_hours(of: Interval) -> Interval | None:
    """The part of the interval that is made of whole hours of UTC."""
    start = -(-minute_at(of.start) // 60) * 60
    end = minute_at(of.end) // 60 * 60
    return Interval(start=instant(start), end=instant(end)) if start < end else None


def outside(of: Interval, rolled_up: Iterable[Minute]) -> tuple[Interval, ...]:
    """The parts of `of` that no roll-up speaks for; a roll-up at minute m speaks for the hour that ends there."""
    spoken_for = {minute for end in rolled_up for minute in range(end - 59, end + 1)}
    return tuple(runs(minute for minute in of.ends if minute not in spoken_for))
