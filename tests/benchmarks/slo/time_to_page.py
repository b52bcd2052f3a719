"""How long from a fault to its page at PagerDuty's end, and from the fault's end to the page's.

Each fault is set at a random moment of the scrape, `--rounds` times, on the platform as `platformctl deploy` brings
it up, under the demo's traffic, with its true waits. Prints each time, a table of medians and worst, and the machine.

    python tests/benchmarks/slo/time_to_page.py --rounds 3
    python tests/benchmarks/slo/time_to_page.py --rounds 1 --alerts PostgresDown RedisDown
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import random
import signal
import statistics
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from live import Live, live, say

LONGEST_S = 300
SETTLED_S = 100
"""A service that has just come is given 90 s before it may page."""

MOST = (
    "node-exporter", "redis-exporter", "postgres-exporter", "blackbox-exporter", "ratelimit", "edge", "demo-api",
    "demo-traffic", "loki", "promtail", "traces", "entry",
)  # fmt: skip


@contextlib.contextmanager
def switched(running: Live, name: str, **settings: object) -> Iterator[None]:
    """A switch of the demo, on as long as the block lasts."""

    def ask(method: str) -> None:
        request = urllib.request.Request(
            f"{running.addresses['demo-api']}/faults/{name}",
            json.dumps(settings).encode(),
            {"Content-Type": "application/json"},
            method=method,
        )
        urllib.request.urlopen(request, timeout=60).close()

    ask("PUT")
    try:
        yield
    finally:
        ask("DELETE")


@contextlib.contextmanager
def errors_that_slack_is_not_told(running: Live) -> Iterator[None]:
    """Errors, which page, so that there is something to tell; Slack's webhook is gone."""
    with running.refusing_slack(), switched(running, "errors", ratio=0.5):
        yield


FAULTS: dict[str, Callable[[Live], AbstractContextManager[None]]] = {
    "HighErrorRate": lambda there: switched(there, "errors", ratio=0.5),
    "LoginsFailEverywhere": lambda there: switched(there, "auth-failures"),
    "ResponseOver30s": lambda there: switched(there, "latency", seconds=45, route="/api/records"),
    "RedisDown": lambda there: there.killed("redis"),
    "PostgresDown": lambda there: there.killed("postgres", signal.SIGQUIT),
    "ServiceDown": lambda there: there.killed("demo-api"),
    "ManyTargetsDown": lambda there: there.frozen(*MOST),
    "RateLimiterBypassed": lambda there: there.stuttering("ratelimit"),
    "ProbeFails": Live.shut,
    "TargetMissing": lambda there: there.unknown_to_prometheus("redis-exporter"),
    "ManyTenantsRateLimited": Live.next_to_no_limits,
    "AlertmanagerNotificationsFail": errors_that_slack_is_not_told,
}
"""By the alert that must page: every critical one that looks back two minutes at most and waits one at most.

Each has a fault of its own, that no other alert tells as well. Errors and log-ins come first: an outage silences what
it leaves of them. Alertmanager's own death, and Prometheus' not knowing it, are told by the dead man's switch alone.
"""

AFTERMATH = {"OutageRecent"}
"""What silences errors and log-ins for minutes after an outage."""

SILENCED = {
    "HighErrorRate",
    "LoginsFailEverywhere",
    "ManyTenantsRateLimited",
    "AlertmanagerNotificationsFail",
}


def arrival(there: Live, alert: str, action: str, *, since: float) -> float:
    """Seconds from `since` until PagerDuty is told; nan when that does not happen."""
    while time.monotonic() < since + LONGEST_S:
        for event in there.events(since=since):
            if (event.alert, event.action) == (alert, action):
                return event.at - since
        time.sleep(0.2)
    return float("nan")


def measured(there: Live, alert: str) -> tuple[float, float]:
    """Seconds from the fault to its page, and from its end to the page's."""
    calm(there, silenced=alert in SILENCED)
    time.sleep(random.uniform(0, 15))
    began = time.monotonic()
    with FAULTS[alert](there):
        paged = arrival(there, alert, "trigger", since=began)
        held = there.alerts(which="active=false&inhibited=true")
        over = time.monotonic()
    resolved = arrival(there, alert, "resolve", since=over)
    others = {e.alert for e in there.events(since=began) if e.action == "trigger"} - {alert}
    say(
        f"{alert}: paged after {paged:.1f} s, resolved {resolved:.1f} s after its end;"
        f" others {sorted(others)}, held back {sorted(held)}"
    )
    return paged, resolved


def calm(there: Live, *, silenced: bool) -> None:
    """Wait until no incident is open, and until no past one silences what comes next where that matters."""
    until = time.monotonic() + 2 * LONGEST_S
    while time.monotonic() < until:
        aftermath = AFTERMATH & there.alerts().keys() if silenced else set()
        if not there.open_incidents() and not aftermath:
            return
        time.sleep(1)
    say(f"still open: {there.open_incidents()}, {sorted(there.alerts())}")


def tell(found: dict[str, list[tuple[float, float]]]) -> None:
    """The table, and the whole."""
    print("| alert | pages, median | worst | resolved after its end, median | of |\n|---|---|---|---|---|")
    for alert, times in found.items():
        paged, resolved = zip(*times, strict=True)
        print(
            f"| {alert} | {statistics.median(paged):.1f} s | {max(paged):.1f} s"
            f" | {statistics.median(resolved):.1f} s | {len(times)} |"
        )
    everything = [paged for times in found.values() for paged, _ in times]
    print(
        f"all: median {statistics.median(everything):.1f} s, worst {max(everything):.1f} s of {len(everything)}"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--alerts", nargs="+", choices=FAULTS, default=[*FAULTS])
    chosen = options.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with live() as there:
        time.sleep(SETTLED_S)
        for _ in range(chosen.rounds):
            for alert in chosen.alerts:
                found[alert].append(measured(there, alert))
            tell(found)
        print(f"signs of life to the dead man's switch: {there.longest_silence():.1f} s apart at the most")


if __name__ == "__main__":
    main()
