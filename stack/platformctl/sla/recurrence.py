"""Excluded time that comes again by the calendar, as contracts have it: Sundays, two to four."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import rrule, rruleset, rrulestr

from platformctl.errors import DefinitionError
from platformctl.sla.exclusion import Exclusion, Selected
from platformctl.sla.timeline import Interval

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recurring:
    """A window on each day that a rule of RFC 5545 names (``FREQ=MONTHLY;BYDAY=1SU``), from the day `since`.

    From and to are what the clock on the wall of `zone` shows; a window that ends no later than it starts
    ends on the next day. Of an hour that comes twice the first is meant; a window that the change to summer
    time leaves no time for does not take place.
    """

    id: str
    rule: str
    since: date
    opens: time
    closes: time
    zone: str
    reason: str
    whom: Selected
    not_on: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, IsADirectoryError) as error:
            raise DefinitionError(f"{self.id}: not a time zone: {self.zone!r}") from error
        self._days()

    def within(self, span: Interval) -> Iterator[Exclusion]:
        """Its windows that touch the span, whole."""
        after, before = (edge.replace(tzinfo=None) for edge in (span.start, span.end))
        for found in self._days().between(after - 2 * _DAY, before + 2 * _DAY, inc=True):
            when = self._window(found.date()) if found.date() not in self.not_on else None
            if when and when.clipped(span):
                yield Exclusion(
                    id=f"{self.id}-{found:%Y-%m-%d}", when=when, reason=self.reason, whom=self.whom
                )

    def _window(self, day: date) -> Interval | None:
        next_day = day + _DAY if self.closes <= self.opens else day
        start, end = self._instant(day, self.opens), self._instant(next_day, self.closes)
        return Interval(start=start, end=end) if start < end else None

    def _instant(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def _days(self) -> rrule | rruleset:
        try:
            return rrulestr(self.rule, dtstart=datetime.combine(self.since, time()))
        except (ValueError, KeyError, TypeError) as error:
            raise DefinitionError(
                f"{self.id}: {self.rule!r} is no recurrence rule: {error}", fix="as in FREQ=WEEKLY;BYDAY=SU"
            ) from error
