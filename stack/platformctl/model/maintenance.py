"""Announced work: whom it is for, when, and what is held back meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from platformctl.errors import DefinitionError
from platformctl.model import _guard
from platformctl.model.units import Duration, days

SERIES: Final = "platform:maintenance_window:info"
"""1 while a window is open, with the labels window, reason, and tenant, tier or service."""

_LONGEST: Final = days(7)


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
class Forgiveness:
    """What contracts say: work announced `notice` ahead does not count for tenants of these tiers."""

    tiers: tuple[str, ...]
    notice: Duration

    def covers(self, window: Window) -> bool:
        """Whether the window was announced early enough."""
        return window.start - window.announced >= timedelta(milliseconds=self.notice.ms)
