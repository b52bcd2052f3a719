"""A healthy platform under traffic, for as long as asked: no page may come, and no ticket.

What is watched is what `platformctl deploy` brings up on this machine, in a workspace of its own on free ports,
with the demo's traffic through the gateway; the rules, routes and waits are this platform's own. Pages and tickets
go to an inbox. Alerts about the machine (CPU, memory, disk) are told but fail nothing as long as they do not page:
others may be at work on it. On a machine that is busy on purpose tickets about slow answers are right, too.

    python tests/benchmarks/slo/soak.py --minutes 60                        (make soak)
    python tests/benchmarks/slo/soak.py --minutes 10 --tickets-are-fine     beside the tests
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
import time

from live import Live, live, say

OF_THE_MACHINE = {"HostCpuSaturated", "HostMemorySaturated", "HostDiskSaturated", "HostDiskFullSoon"}
EVERY_S = 5


def firing(running: Live) -> dict[str, str]:
    """The alerts that fire and tell somebody, with severity and summary."""
    return {
        name: f"{severity}: {summary}"
        for name, (severity, summary) in running.alerts().items()
        if severity not in ("info", "none")
    }


def watch(running: Live, minutes: float) -> tuple[int, set[str]]:
    """Tell what fires as it comes; the number of pages, and all that fired."""
    seen: set[str] = set()
    until = time.monotonic() + minutes * 60
    while time.monotonic() < until:
        time.sleep(EVERY_S)
        now = firing(running)
        for alert in sorted(now.keys() - seen):
            say(f"{alert} {now[alert]}")
        seen |= now.keys()
    pages = running.events()
    print(
        f"{minutes:g} minutes, {len(running.addresses)} components,"
        f" {running.value('sum(edge_requests_total)'):.0f} requests at the edge: {len(pages)} pages,"
        f" {len(running.far_end.messages) - len(pages)} other messages, alerts {sorted(seen)}"
    )
    return len(pages), seen


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--minutes", type=float, default=60)
    options.add_argument("--tickets-are-fine", action="store_true", help="only a page fails the run")
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was deployed is taken down
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with live() as running:
        pages, seen = watch(running, chosen.minutes)
    sys.exit(1 if pages or not (chosen.tickets_are_fine or seen <= OF_THE_MACHINE) else 0)


if __name__ == "__main__":
    main()
