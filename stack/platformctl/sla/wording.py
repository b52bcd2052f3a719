"""How figures are written. Ratios are rounded against us: never shown better than they are."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from platformctl.sla.counts import Counts
from platformctl.sla.timeline import Interval

NO_FIGURE: Final = "-"
"""Where nothing is known: an absent figure is never a zero."""

RATIO_PLACES: Final = 4


def percent(ratio: Fraction | None, places: int = RATIO_PLACES) -> str:
    """A ratio in percent, rounded down: 99.99996 % is no 100 %."""
    if ratio is None:
        return NO_FIGURE
    return f"{_down(ratio, places)} %"


def between(least: Fraction, most: Fraction) -> str:
    """The least and the most in percent, rounded away from each other."""
    return f"{_down(least, RATIO_PLACES)} to {-_down(-most, RATIO_PLACES)} %"


def spent(ratio: Fraction) -> str:
    """A share of a budget that was spent, in percent, rounded up."""
    return f"{-_down(-ratio, 1)} %"


def left(ratio: Fraction) -> str:
    """A share of a budget that is left, in percent, rounded down."""
    return f"{_down(ratio, 1)} %"


def _down(ratio: Fraction, places: int) -> Decimal:
    """The ratio in percent with so many places, rounded towards minus infinity."""
    return Decimal(ratio.numerator * 100 * 10**places // ratio.denominator).scaleb(-places)


def target(value: Decimal | None) -> str:
    """An objective in percent, with all its digits."""
    return NO_FIGURE if value is None else f"{(value * 100).normalize():f} %"


def number(value: int) -> str:
    """A count, in groups of three digits."""
    return f"{value:,}"


def duration(minutes: int) -> str:
    """Minutes as ``2 h 05 min``."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02} min" if hours else f"{rest} min"


def local(instant: datetime, zone: str) -> str:
    """An instant by the clock of the zone, with its offset."""
    return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %z}"


def when(interval: Interval, zone: str) -> str:
    """An interval by the clock of the zone, and how long it is."""
    return f"{local(interval.start, zone)} to {local(interval.end, zone)} ({duration(interval.minutes)})"


def seconds(value: Decimal) -> str:
    """A latency bound as contracts write it: ``250 ms``, ``2.5 s``."""
    return f"{(value * 1000).normalize():f} ms" if value < 1 else f"{value.normalize():f} s"


def credit(value: Decimal | None) -> str:
    """Percent of a month's fee."""
    return NO_FIGURE if value is None else f"{value.normalize():f} %"


def trend(now: Counts, before: Counts | None) -> str:
    """How availability moved against an earlier period, in percentage points."""
    if before is None or now.ratio is None or before.ratio is None:
        return NO_FIGURE
    points = Decimal(round((now.ratio - before.ratio) * 100_000)).scaleb(-3)
    return f"{points:+f}"
