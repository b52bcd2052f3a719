"""One week of known truth: 19 to 25 October 2026 in Berlin, in which summer time ends. Imports no platformctl.

The week has 7 x 24 + 1 = 169 hours, 10,140 minutes. In all of it:
  Tuesday  14:00-14:20 local: 20 minutes not observed. For eight of them Prometheus is away. For four no process answers
           its scrapes, but one answers the probes from outside. For four it runs its rules and has no gateway to
           ask; for the last four gateways answer, and what counts does not.
  Thursday 15:00-15:07 local: one of two gateways does not answer; what it counts arrives all the same.
  Saturday 12:00-12:05 local: no process answers, scrapes or probes; no tenant gets a request (5 minutes of outage).
           In its last two minutes nothing probes.
So 10,120 minutes are observed, and 10,115 have traffic.
  Friday 09:00 UTC: the hourly sum was never recorded; its minutes were. At 11:00 UTC it was summed by a replica that
           ran in the last twenty minutes only.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import history_files
from history_files import Minute, Recorded

Rates = Callable[[Minute], tuple[int, int, int, int] | None]
"""Of a minute: answers 2xx, 4xx, 5xx, and how many were slow; None where the tenant has no series yet."""


def minute(day: int, hour: int, of_hour: int = 0) -> Minute:
    """The minute that ENDS at this instant of October 2026, UTC."""
    return int(datetime(2026, 10, day, hour, of_hour, tzinfo=UTC).timestamp()) // 60


START = minute(18, 22)  # Monday 00:00 +02:00
END = minute(25, 23)  # the next Monday 00:00 +01:00
GAP = range(minute(20, 12) + 1, minute(20, 12, 20) + 1)
UNREADABLE, UNASKED, UNCOUNTED = GAP[8:12], GAP[12:16], GAP[16:]
UNREAD = range(minute(22, 13) + 1, minute(22, 13, 7) + 1)
OUTAGE = range(minute(24, 10) + 1, minute(24, 10, 5) + 1)
HOUR_NOT_SUMMED = minute(23, 9)
NOT_IN_ITS_SUM = range(minute(23, 10) + 1, minute(23, 10, 40) + 1)
FAULT = range(minute(21, 8) + 1, minute(21, 8, 30) + 1)  # Wednesday 10:00-10:30 local
UPGRADE = range(minute(25, 0) + 1, minute(25, 2, 10) + 1)  # Sunday from 02:00 +02:00, ten minutes too long
ARRIVAL = minute(22, 10)  # Thursday 12:00 local


def steady(_: Minute) -> tuple[int, int, int, int]:
    return (100, 0, 0, 0)


def faulty(at: Minute) -> tuple[int, int, int, int]:
    return (0, 0, 100, 0) if at in FAULT else (100, 0, 0, 0)


def upgraded(at: Minute) -> tuple[int, int, int, int]:
    return (0, 2, 100, 0) if at in UPGRADE else (100, 2, 0, 0)


def slow(_: Minute) -> tuple[int, int, int, int]:
    return (99, 1, 0, 5)


def quiet(_: Minute) -> tuple[int, int, int, int]:
    return (0, 0, 0, 0)


def late(at: Minute) -> tuple[int, int, int, int] | None:
    return (10, 0, 0, 0) if at > ARRIVAL else None


def noisy(_: Minute) -> tuple[int, int, int, int]:
    return (79, 20, 1, 0)


THROTTLED_A_MINUTE = {"slow": 1, "upgraded": 2}
"""Of the 4xx below so many are refusals (429). slow's contract counts them as failed; upgraded's leaves
them out. In the 10,115 minutes with traffic."""

TENANTS: dict[str, Rates] = {
    "steady": steady,
    "faulty": faulty,
    "upgraded": upgraded,
    "slow": slow,
    "quiet": quiet,
    "late": late,
    "noisy": noisy,
    "stranger": steady,
}


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The URL of a Prometheus that has the week."""
    history_files.write_openmetrics(folder / "week.om", recorded())
    history_files.make_blocks(folder / "week.om", folder / "data")
    with history_files.serving(folder / "data") as url:
        yield url


def recorded() -> Iterator[Recorded]:
    """What the rules would have recorded in that week."""
    observed = [m for m in range(START + 1, END + 1) if m not in GAP]
    ran = sorted((*observed, *UNREADABLE, *UNASKED, *UNCOUNTED))
    yield Recorded("slo:heartbeat:increment1m", dict.fromkeys(ran, 1))
    silent = (*UNREADABLE, *UNCOUNTED, *OUTAGE)
    yield Recorded("slo:counting_up:max1m", {m: int(m not in silent) for m in ran})
    yield Recorded("slo:counters_unread:count1m", dict.fromkeys(UNREAD, 1) | dict.fromkeys(silent, 2))
    asked = sorted((*observed, *UNREADABLE, *UNCOUNTED))
    yield Recorded("slo:source_up:max1m", {m: int(m not in (*UNREADABLE, *OUTAGE)) for m in asked})
    yield Recorded("slo:probed_up:max1m", {m: int(m not in OUTAGE) for m in ran if m not in OUTAGE[3:]})
    yield _hourly("slo:heartbeat", "", dict.fromkeys(ran, 1))
    for tenant, rates in TENANTS.items():
        yield from _tenant(tenant, rates, observed)
    firing = 'ALERTS{alertname="ErrorBudgetBurnFast", alertstate="firing", severity="critical", '
    yield Recorded(
        firing + 'slo="availability", tenant="faulty"}', dict.fromkeys(range(FAULT[1], FAULT[-1] + 6), 1)
    )
    platform = 'ALERTS{alertname="ServiceDown", alertstate="firing", severity="critical", job="api"}'
    yield Recorded(platform, dict.fromkeys(OUTAGE[1:], 1))


def _tenant(tenant: str, rates: Rates, observed: Iterable[Minute]) -> Iterator[Recorded]:
    seen = {m: r for m in observed if (r := (0, 0, 0, 0) if m in OUTAGE and rates(m) else rates(m))}
    for at, name in enumerate(("2xx", "4xx", "5xx")):
        labels = f'{{tenant="{tenant}", status_class="{name}"}}'
        values = {m: r[at] for m, r in seen.items()}
        yield Recorded(f"tenant:requests:increment1m{labels}", values)
        yield _hourly("tenant:requests", labels, values)
    events = {
        ("total", "availability"): {m: sum(r[:3]) for m, r in seen.items()},
        ("bad", "availability"): {m: r[2] for m, r in seen.items()},
        ("total", "latency"): {m: sum(r[:3]) for m, r in seen.items()},
        ("bad", "latency"): {m: r[3] for m, r in seen.items()},
    }
    for (kind, slo), values in events.items():
        labels = f'{{tenant="{tenant}", slo="{slo}"}}'
        yield Recorded(f"slo:events_{kind}:increment1m{labels}", values)
        yield _hourly(f"slo:events_{kind}", labels, values)
    yield from _latency(tenant, seen)
    if tenant in THROTTLED_A_MINUTE:
        labels = f'{{tenant="{tenant}"}}'
        refused = {m: THROTTLED_A_MINUTE[tenant] if any(r) else 0 for m, r in seen.items()}
        yield Recorded(f"tenant:requests_throttled:increment1m{labels}", refused)
        yield _hourly("tenant:requests_throttled", labels, refused)
    down = {m: 1 for m, r in seen.items() if sum(r[:3]) and 2 * r[2] >= sum(r[:3])}
    if down:
        yield Recorded(f'slo:down_minute:bool1m{{tenant="{tenant}", slo="availability"}}', down)


def _latency(tenant: str, seen: dict[Minute, tuple[int, int, int, int]]) -> Iterator[Recorded]:
    """Slow answers take between 1 and 2.5 s, the others up to 100 ms; noisy's histogram contradicts itself."""
    for bound in ("0.1", "0.25", "1.0", "2.5"):
        labels = f'{{tenant="{tenant}", le="{bound}"}}'
        slower = bound != "2.5"
        counts = {m: sum(r[:3]) - (r[3] if slower else 0) + (tenant == "noisy") for m, r in seen.items()}
        yield Recorded(f"tenant:request_duration_bucket:increment1m{labels}", counts)
        yield _hourly("tenant:request_duration_bucket", labels, counts)


def _hourly(name: str, labels: str, values: dict[Minute, int]) -> Recorded:
    """The sums that were recorded at full hours, of the sixty minutes before."""
    sums: dict[Minute, int] = {}
    for at, value in values.items():
        hour = -(-at // 60) * 60
        sums[hour] = sums.get(hour, 0) + value * (at not in NOT_IN_ITS_SUM)
    sums.pop(HOUR_NOT_SUMMED, None)
    return Recorded(f"{name}:increment1h{labels}", sums)
