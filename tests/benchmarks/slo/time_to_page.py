"""How long from a fault to its page at PagerDuty's end, and to its end, with the true waits of this platform.

Each fault is set at a random moment of the scrape, `--rounds` times, on the demo under traffic; the servers are
real. Prints each time, the medians, the worst, and the machine.

    python tests/benchmarks/slo/time_to_page.py --rounds 3
    python tests/benchmarks/slo/time_to_page.py --healthy-minutes 60      no fault: no page may come (make soak)
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from support import demo
from support.stage import Stage, stage

LONGEST_S = 600


FAULTS: dict[str, Callable[[Stage], AbstractContextManager[None]]] = {
    "HighErrorRate": lambda there: demo.fault(there.api, "errors", ratio=0.5),
    "LoginsFailEverywhere": lambda there: demo.fault(there.api, "auth-failures"),
    "PostgresDown": Stage.dead_database,
    "ServiceDown": Stage.frozen_api,
    "ResponseOver30s": lambda there: demo.fault(there.api, "latency", seconds=45, route="/api/records"),
}


def arrival(there: Stage, alert: str, action: str, *, since: float) -> float:
    """Seconds from `since` until PagerDuty is told; nan when that does not happen."""
    while time.monotonic() < since + LONGEST_S:
        for event in there.events(since=since):
            if (event.alert, event.action) == (alert, action):
                return event.at - since
        time.sleep(0.5)
    return float("nan")


def measured(there: Stage, alert: str) -> tuple[float, float]:
    """Seconds from the fault to its page, and from its end to the page's."""
    time.sleep(random.uniform(0, 15))
    began = time.monotonic()
    with FAULTS[alert](there):
        paged = arrival(there, alert, "trigger", since=began)
        others = [name for name in there.incidents(since=began) if name != alert]
    over = time.monotonic()
    resolved = arrival(there, alert, "resolve", since=over)
    print(
        f"  {alert}: paged after {paged:.1f} s, resolved {resolved:.1f} s after its end; others {others}",
        flush=True,
    )
    while there.firing() or there.open_incidents() or there.aftermath():
        time.sleep(1)
    return paged, resolved


def soak(minutes: float) -> None:
    """A healthy platform under traffic; exits with 1 when anything pages or is a ticket."""
    with tempfile.TemporaryDirectory(prefix="soak-") as name, stage(Path(name), pace=1) as there:
        seen: set[str] = set()
        until = time.monotonic() + minutes * 60
        while time.monotonic() < until:
            time.sleep(5)
            for alert in sorted(there.firing() - seen):
                print(f"  {time.strftime('%H:%M:%S')} {alert}, load {os.getloadavg()[0]:.1f}", flush=True)
                seen.add(alert)
        requests = there.api.value("tenant_requests_total")
        print(
            f"{minutes:g} minutes, {requests:.0f} requests: {len(there.events())} pages, alerts {sorted(seen)}"
        )
        if there.events() or seen:
            sys.exit(1)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--alerts", nargs="+", choices=FAULTS, default=[*FAULTS])
    options.add_argument("--healthy-minutes", type=float, default=0)
    chosen = options.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    if chosen.healthy_minutes:
        soak(chosen.healthy_minutes)
        return
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="page-") as name, stage(Path(name), pace=1) as there:
        time.sleep(
            100 if "ServiceDown" in chosen.alerts else 60
        )  # a service that has just come is given 90 s
        for _ in range(chosen.rounds):
            for alert in chosen.alerts:
                found[alert].append(measured(there, alert))
    for alert, times in found.items():
        paged, resolved = zip(*times, strict=True)
        print(
            f"{alert}: median {statistics.median(paged):.1f} s, worst {max(paged):.1f} s;"
            f" resolved {statistics.median(resolved):.1f} s after its end"
        )
    everything = [paged for times in found.values() for paged, _ in times]
    print(
        f"all: median {statistics.median(everything):.1f} s, worst {max(everything):.1f} s of {len(everything)}"
    )


if __name__ == "__main__":
    main()
