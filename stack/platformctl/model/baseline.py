"""How fast the platform usually answers: percentiles by endpoint and by tier for each hour of the week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

HourOfWeek: TypeAlias = int
"""0 is Monday from 00:00 to 01:00 by the clock of the baseline's zone, 167 the last hour of Sunday."""

HOURS_OF_WEEK: Final = 168
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
QUANTILES: Final = ("0.5", "0.95", "0.99")
ALERTING_QUANTILE: Final = "0.95"
LEAST_HOURS: Final = 2
"""Hours that must have been observed before a figure serves for alerts: one Monday is no baseline."""

P95_METRIC: Final = "platform_baseline_p95_seconds"
ZONE_CHANGE_METRIC: Final = "platform_baseline_zone_change_seconds"
ZONE_CHANGE_TIME_METRIC: Final = "platform_baseline_zone_change_timestamp_seconds"


class SubjectKind(StrEnum):
    """What a baseline is of."""

    ENDPOINT = "endpoint"
    TIER = "tier"


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Subject:
    """One endpoint (of a service: `job`), or the tenants of one tier."""

    kind: SubjectKind
    job: str = ""
    route: str = ""
    method: str = ""
    tier: str = ""

    @property
    def title(self) -> str:
        """As a person names it."""
        return f"tier {self.tier}" if self.tier else f"{self.method} {self.route} ({self.job})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One hour of the week: how many such hours were observed, their requests, and seconds by quantile.

    A quantile is left out where too few requests lie beyond it for it to say anything.
    """

    hours: int
    requests: int
    seconds: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """One subject through the week; hours that were never observed are left out."""

    subject: Subject
    cells: Mapping[HourOfWeek, Cell]


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneChange:
    """From `at` on (seconds since 1970), the zone's clock is ahead by so many seconds more."""

    at: int
    seconds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Baseline:
    """One version: the profiles of a period.

    zone_changes: the zone's first offset, as a change at 0, and every later one; for rules, which know no zones.
    """

    version: int
    recorded_at: datetime
    period: str
    zone: str
    reason: str
    zone_changes: tuple[ZoneChange, ...]
    profiles: tuple[Profile, ...]


def hour_name(hour: HourOfWeek) -> str:
    """``Mon 00``."""
    return f"{DAYS[hour // 24]} {hour % 24:02}"
