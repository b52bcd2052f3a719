"""Four weeks of response times of known truth in Berlin, in which summer time ends. Imports no platformctl.

19 October to 15 November 2026, a sample every five minutes, as the rules record them: 60 requests each,
720 an hour, all within 0.1 s, but for
  Monday 09, by the clock of Berlin: all between 0.5 and 1 s;
  Tuesday 12: so in the second week only;
  Wednesday 03: 2 requests a sample, 24 an hour;
  Thursday 29 October, 15-16 in Berlin: Prometheus was away;
  the fourth week: all between 0.1 and 0.5 s, whatever the hour.
Tier gold answers 30 requests a sample, always between 0.1 and 0.5 s.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 10, 19, tzinfo=BERLIN).astimezone(UTC)
END = datetime(2026, 11, 16, tzinfo=BERLIN).astimezone(UTC)
BOUNDS = ("0.1", "0.5", "1.0", "+Inf")
ITEMS = 'kind="endpoint",job="api",route="/items",method="GET"'
GOLD = 'kind="tier",tier="gold"'

FAST, MIDDLE, SLOW = 0, 1, 2


def items(hour: datetime) -> tuple[int, int] | None:
    """(requests a sample, the bucket they are in) of an hour by the clock of Berlin; None where nothing is known."""
    week = (hour.date() - datetime(2026, 10, 19).date()).days // 7  # noqa: DTZ001 - a day of the calendar
    if (hour.month, hour.day, hour.hour) == (10, 29, 15):
        return None
    if week == 3:
        return 60, MIDDLE
    if (hour.weekday(), hour.hour) == (0, 9) or ((hour.weekday(), hour.hour) == (1, 12) and week == 1):
        return 60, SLOW
    return (2, FAST) if (hour.weekday(), hour.hour) == (2, 3) else (60, FAST)


def write(path: Path) -> None:
    with path.open("w") as out:
        for labels in (ITEMS, GOLD):
            for number, bound in enumerate(BOUNDS):
                series = f'subject:request_duration_bucket:increase5m{{{labels},le="{bound}"}}'
                out.writelines(f"{series} {value} {at}\n" for at, value in _values(labels, number))
        out.write("# EOF\n")


def write_slow_gold(path: Path, moments: tuple[int, ...]) -> None:
    """Moments in which GET /items is as it always is, and gold's requests all take between 0.5 and 1 s."""
    with path.open("w") as out:
        for labels, slowest in ((ITEMS, FAST), (GOLD, SLOW)):
            for number, bound in enumerate(BOUNDS):
                series = f'subject:request_duration_bucket:increase5m{{{labels},le="{bound}"}}'
                out.writelines(f"{series} {60 if number >= slowest else 0} {at}\n" for at in moments)
        out.write("# EOF\n")


def _values(labels: str, number: int) -> Iterator[tuple[int, int]]:
    at = START + timedelta(seconds=17)
    while at < END:
        told = items(at.astimezone(BERLIN))
        if told is not None:
            requests, bucket = told if labels == ITEMS else (30, MIDDLE)
            yield int(at.timestamp()), requests if number >= bucket else 0
        at += timedelta(minutes=5)
