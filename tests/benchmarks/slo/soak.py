"""A healthy platform under traffic, for as long as asked: no page may come, and no ticket.

What is watched is what `platformctl deploy` brings up on this machine, in a workspace of its own on free ports,
with the demo's traffic through the gateway; the rules, routes and waits are this platform's own. Pages and tickets
go to an inbox. Alerts about the machine (CPU, memory, disk) are told but fail nothing as long as they do not page:
others may be at work on it.

    python tests/benchmarks/slo/soak.py --minutes 60        (make soak)
"""

from __future__ import annotations

import argparse
import os
import platform
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


def watch(running: Live, minutes: float) -> bool:
    """Tell what fires as it comes; whether the run was healthy."""
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
    return not pages and seen <= OF_THE_MACHINE


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--minutes", type=float, default=60)
    chosen = options.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with live() as running:
        healthy = watch(running, chosen.minutes)
    sys.exit(0 if healthy else 1)


if __name__ == "__main__":
    main()
