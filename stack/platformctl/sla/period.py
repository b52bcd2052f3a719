"""The periods that reports are about: whole days of one time zone's calendar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platformctl.errors import UsageError

_WEEK: Final = re.compile(r"(\d{4})-W(\d{2})")
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})")
_DAY_AND_TIME: Final = r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})"
_SPAN: Final = re.compile(rf"{_DAY_AND_TIME}\.\.{_DAY_AND_TIME}")
_MIDNIGHT: Final = time()
_FORMS: Final = (
    "day, week, month, 2026-11-20, 2026-W47, 2026-11, 2026-11-01..2026-11-14, or "
    "2026-11-20T14:00..2026-11-20T16:30"
)


class PeriodKind(StrEnum):
    """What a period is by the calendar."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    DAYS = "days"
    SPAN = "span"


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """Days from `first` to `last`, both included, from midnight to midnight in `zone`.

    A day with a change to or from summer time has 23 or 25 hours. A span begins at a time of its first day
    and ends at one of its last; of an hour that comes twice the first is meant.
    """

    kind: PeriodKind
    first: date
    last: date
    zone: str
    opens: time = _MIDNIGHT
    closes: time = _MIDNIGHT

    @property
    def name(self) -> str:
        """The period as a person writes it: ``2026-W47``."""
        match self.kind:
            case PeriodKind.DAY:
                return self.first.isoformat()
            case PeriodKind.WEEK:
                year, week, _ = self.first.isocalendar()
                return f"{year}-W{week:02}"
            case PeriodKind.MONTH:
                return f"{self.first:%Y-%m}"
            case PeriodKind.DAYS:
                return f"{self.first}..{self.last}"
            case PeriodKind.SPAN:
                return f"{self.first}T{self.opens:%H:%M}..{self.last}T{self.closes:%H:%M}"

    @property
    def start(self) -> datetime:
        """The first instant, in UTC."""
        return _instant(self.first, self.opens, self.zone)

    @property
    def end(self) -> datetime:
        """The first instant after the period, in UTC."""
        if self.kind is PeriodKind.SPAN:
            return _instant(self.last, self.closes, self.zone)
        return _instant(self.last + timedelta(days=1), _MIDNIGHT, self.zone)

    @property
    def minutes(self) -> int:
        """How many minutes it has."""
        return (self.end - self.start) // timedelta(minutes=1)

    def previous(self) -> Period:
        """The period of the same kind before this one; of a span, the days before."""
        before = self.first - timedelta(days=1)
        match self.kind:
            case PeriodKind.MONTH:
                return month(before, self.zone)
            case _:
                length = self.last - self.first
                kind = PeriodKind.DAYS if self.kind is PeriodKind.SPAN else self.kind
                return Period(kind=kind, first=before - length, last=before, zone=self.zone)


def day(of: date, zone: str) -> Period:
    """The calendar day."""
    return Period(kind=PeriodKind.DAY, first=of, last=of, zone=zone)


def week(of: date, zone: str) -> Period:
    """The ISO week (Monday to Sunday) that holds the day."""
    monday = of - timedelta(days=of.weekday())
    return Period(kind=PeriodKind.WEEK, first=monday, last=monday + timedelta(days=6), zone=zone)


def month(of: date, zone: str) -> Period:
    """The calendar month that holds the day."""
    first = of.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Period(kind=PeriodKind.MONTH, first=first, last=last, zone=zone)


def parse(text: str, *, zone: str, now: datetime) -> Period:
    """The period that `text` names; ``day``, ``week`` and ``month`` are the last that ended before `now`.

    Raises `UsageError` for anything else, and for a zone that is not known.
    """
    today = now.astimezone(_zone(zone)).date()
    yesterday = today - timedelta(days=1)
    match text:
        case "day":
            return day(yesterday, zone)
        case "week":
            return week(today - timedelta(days=7), zone)
        case "month":
            return month(today.replace(day=1) - timedelta(days=1), zone)
    try:
        return _named(text, zone)
    except ValueError as error:
        raise UsageError(f"not a period: {text!r}", fix=f"use {_FORMS}") from error


def _named(text: str, zone: str) -> Period:
    if found := _WEEK.fullmatch(text):
        return week(date.fromisocalendar(int(found[1]), int(found[2]), 1), zone)
    if found := _MONTH.fullmatch(text):
        return month(date(int(found[1]), int(found[2]), 1), zone)
    if found := _SPAN.fullmatch(text):
        return _span(found, zone)
    first, dots, last = text.partition("..")
    if not dots:
        return day(date.fromisoformat(text), zone)
    period = Period(
        kind=PeriodKind.DAYS, first=date.fromisoformat(first), last=date.fromisoformat(last), zone=zone
    )
    if period.last < period.first:
        raise ValueError("it ends before it starts")
    return period


def _span(found: re.Match[str], zone: str) -> Period:
    span = Period(
        kind=PeriodKind.SPAN,
        first=date.fromisoformat(found[1]),
        last=date.fromisoformat(found[3]),
        zone=zone,
        opens=time.fromisoformat(found[2]),
        closes=time.fromisoformat(found[4]),
    )
    if span.end <= span.start:
        raise ValueError("it ends before it starts")
    return span


def _instant(of: date, at: time, zone: str) -> datetime:
    """Where the clocks jump over it, the instant of the jump."""
    return datetime.combine(of, at, tzinfo=_zone(zone)).astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError) as error:
        raise UsageError(f"not a time zone: {name!r}", fix="use a name like Europe/Berlin or UTC") from error
