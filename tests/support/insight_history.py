"""Two weeks of twelve tenants of known truth, in UTC. Imports no platformctl.

Monday 2 to Sunday 15 November 2026, hour by hour. In each hour a tenant has so many requests, of which some
failed and some were slow, and so much business; in the week before (W45) all counts but failures are the half.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

START = int(datetime(2026, 11, 2, tzinfo=UTC).timestamp())
HOURS = 14 * 24
WEEK_HOURS = 7 * 24

# tenant: (vertical, tier, requests, failed, slow, cents, goals, runs, actions), of an hour of the second week
TENANTS = {
    "h1": ("hotels", "gold", 1000, 0, 10, 5000, 4, 2, 40),
    "h2": ("hotels", "gold", 2000, 0, 20, 7000, 6, 2, 60),
    "h3": ("hotels", "gold", 3000, 0, 30, 9000, 8, 4, 80),
    "h4": ("hotels", "gold", 4000, 2, 40, 1000, 10, 4, 100),
    "h5": ("hotels", "gold", 6000, 6, 60, 3000, 12, 6, 120),
    "h6": ("hotels", "gold", 10000, 20, 100, 2000, 14, 6, 140),
    "h7": ("hotels", "bronze", 110, 0, 0, 200, 2, 0, 2),
    "g1": ("gyms", "gold", 400, 0, 4, 100, 2, 2, 4),
    "g2": ("gyms", "bronze", 600, 0, 6, 300, 2, 2, 6),
    "c1": ("cinemas", "bronze", 800, 0, 8, 700, 2, 2, 8),
    "r1": ("retail", "bronze", 0, 0, 0, 0, 0, 0, 0),
}
"""Registered besides: `x1` in retail, of which the history holds nothing."""

FIGURES = ("revenue_cents", "goals", "tool_runs", "actions")


def write(path: Path) -> None:
    with path.open("w") as out:
        for series, values in sorted(_series(), key=lambda pair: pair[0]):
            out.writelines(f"{series} {value} {at}\n" for at, value in values)
        out.write("# EOF\n")


def _series() -> Iterator[tuple[str, list[tuple[int, int]]]]:
    minutes = [(START + 60 * (m + 1) + 7, 1) for m in range(HOURS * 60)]
    yield "slo:heartbeat:increment1m", minutes
    yield "slo:source_up:max1m", minutes
    yield "slo:counting_up:max1m", minutes
    yield "slo:heartbeat:increment1h", _hours(60, 60)
    for tenant, (_, _, requests, failed, slow, *business) in TENANTS.items():
        for slo, bad in (("availability", failed), ("latency", slow)):
            labels = f'{{tenant="{tenant}",slo="{slo}"}}'
            yield f"slo:events_total:increment1h{labels}", _hours(requests // 2, requests)
            yield (
                f"slo:events_bad:increment1h{labels}",
                _hours(bad if slo == "availability" else bad // 2, bad),
            )
        yield (
            f'tenant:requests:increment1h{{tenant="{tenant}",status_class="2xx"}}',
            _hours(requests // 2, requests),
        )
        for figure, count in zip(FIGURES, business, strict=True):
            labels = f'{{tenant="{tenant}",figure="{figure}"}}'
            yield f"tenant:business:increment1h{labels}", _hours(count // 2, count)


def _hours(first_week: int, second_week: int) -> list[tuple[int, int]]:
    return [
        (START + 3600 * (hour + 1) + 7, first_week if hour < WEEK_HOURS else second_week)
        for hour in range(HOURS)
    ]
