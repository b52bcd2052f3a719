"""Announced work: whom it is for, when, and what is held back meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from platformctl.errors import DefinitionError
from platformctl.model import _guard
from platformctl.model.units import Duration, days

SERIES: Final = "platform:maintenance_window:info"
"""1 while a window is open, with the labels window, reason, and tenant, tier or service."""

_LONGEST: Final = days(7)
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class ScopeKind(StrEnum):
    """What a window is for; also the label that tells of it."""

    TENANT = "tenant"
    SERVICE = "service"
    TIER = "tier"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """The tenants, services or tiers that a window is for."""

    kind: ScopeKind
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.names:
            raise DefinitionError(f"a maintenance window for no {self.kind}")

    def __str__(self) -> str:
        return f"{self.kind} {', '.join(self.names)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """One stretch of announced work, from `start` to `end`, both with their offset.

    announced: when it was entered; contracts may ask for notice.
    """

    id: str
    scope: Scope
    start: datetime
    end: datetime
    reason: str
    author: str
    announced: datetime

    def __post_init__(self) -> None:
        _guard.not_blank(self.reason, what=f"reason of the window {self.id}")
        if self.end <= self.start:
            raise DefinitionError(f"the window {self.id} ends before it starts")
        if self.end - self.start > timedelta(milliseconds=_LONGEST.ms):
            raise DefinitionError(
                f"the window {self.id} lasts longer than {_LONGEST}",
                fix="what is silent for so long is forgotten: open several",
            )

    def state(self, now: datetime) -> str:
        """``planned``, ``open`` or ``over``."""
        if now < self.start:
            return "planned"
        return "open" if now < self.end else "over"


@dataclass(frozen=True, kw_only=True, slots=True)
class RecurringWindow:
    """Work at the same time of every such weekday, by the clock on the wall. start: ``HH:MM``."""

    id: str
    scope: Scope
    weekdays: tuple[str, ...]
    start: str
    length: Duration
    time_zone: str
    reason: str

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.id, what="recurring window", like="weekly-patches")
        if unknown := set(self.weekdays) - set(_WEEKDAYS):
            raise DefinitionError(f"{min(unknown)!r} is no weekday", fix=f"use: {', '.join(_WEEKDAYS)}")
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError) as error:
            raise DefinitionError(f"unknown time zone {self.time_zone!r}", fix="as Europe/Berlin") from error

    def occurrences(self, after: datetime, before: datetime) -> Iterator[tuple[date, datetime]]:
        """Day and start of each occurrence that starts between the two."""
        zone = ZoneInfo(self.time_zone)
        day = after.astimezone(zone).date()
        while day <= before.astimezone(zone).date():
            begin = datetime.combine(day, time.fromisoformat(self.start), zone)
            if _WEEKDAYS[day.weekday()] in self.weekdays and after <= begin < before:
                yield day, begin
            day += timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Forgiveness:
    """What contracts say: work announced `notice` ahead does not count for tenants of these tiers."""

    tiers: tuple[str, ...]
    notice: Duration

    def covers(self, window: Window) -> bool:
        """Whether the window was announced early enough."""
        return window.start - window.announced >= timedelta(milliseconds=self.notice.ms)


@dataclass(frozen=True, kw_only=True, slots=True)
class MaintenanceTerms:
    """What ``slas/maintenance.yml`` says of announced work."""

    recurring: tuple[RecurringWindow, ...] = ()
    forgiveness: tuple[Forgiveness, ...] = ()
