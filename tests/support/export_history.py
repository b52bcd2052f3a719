"""A history of known truth for exports, backfilled into a real Prometheus. Imports no platformctl.

Three days from 1 March 2026, a sample every 30 s at 7 s past: 8,640 a series, of
  shop_orders_total{shop="a"|"b"|"c"}   value = the sample's number x (1, 2, 3)
  shop_temperature{shop="a"}            NaN, +Inf, -Inf and 0.1 in turn
  shop_temperature{shop="b"}            one sample, on the last millisecond of the second day
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

START = 1_772_323_200  # 2026-03-01T00:00:00Z
DAY = 86_400
STEP = 30
COUNT = 3 * DAY // STEP
FACTORS = {"a": 1, "b": 2, "c": 3}
ODD = ("NaN", "+Inf", "-Inf", "0.1")
LONE = START + 2 * DAY - 0.001


def instant(number: int) -> int:
    """When the sample of that number was taken."""
    return START + 7 + number * STEP


def samples() -> Iterator[tuple[str, str, float, str]]:
    """(metric, shop, second, value) of every sample."""
    for shop, factor in FACTORS.items():
        for number in range(COUNT):
            yield "shop_orders_total", shop, instant(number), str(number * factor)
    for number in range(COUNT):
        yield "shop_temperature", "a", instant(number), ODD[number % 4]
    yield "shop_temperature", "b", LONE, "20"


def write(path: Path) -> None:
    with path.open("w") as out:
        out.writelines(f'{m}{{shop="{shop}"}} {value} {at}\n' for m, shop, at, value in samples())
        out.write("# EOF\n")
