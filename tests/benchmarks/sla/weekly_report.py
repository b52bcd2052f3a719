"""How long a weekly report over many tenants takes, and how much memory, from a real Prometheus.

The history is two weeks of hourly sums (7 series a tenant in the week, 4 in the one before, for the trend),
backfilled day by day. Compared with asking for each tenant by itself, on a sample of tenants.

    python tests/benchmarks/sla/weekly_report.py --tenants 10000 --rounds 5
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "e2e" / "sla"))

from history_files import Recorded, make_blocks, serving, write_openmetrics

WEEK_START = int(datetime(2026, 11, 9, tzinfo=UTC).timestamp()) // 60
DAY = 24 * 60
SAMPLED = 300
TIERS = Path(__file__).parents[3] / "slas" / "tiers.yml"


def day_of(first: int, tenants: int, *, whole: bool, chance: random.Random) -> Iterator[Recorded]:
    hours = range(first + 60, first + DAY + 1, 60)
    minutes = range(first + 1, first + DAY + 1)
    yield Recorded("slo:heartbeat:increment1m", dict.fromkeys(minutes, 1))
    yield Recorded("slo:source_up:max1m", dict.fromkeys(minutes, 1))
    yield Recorded("slo:heartbeat:increment1h", dict.fromkeys(hours, 60))
    for n in range(tenants):
        total = {h: chance.randrange(500, 5000) for h in hours}
        bad = {h: chance.choice((0, 0, 0, 1, 2, 9)) for h in hours}
        for slo in ("availability", "latency"):
            labels = f'{{tenant="tenant-{n}",slo="{slo}"}}'
            yield Recorded(f"slo:events_total:increment1h{labels}", total)
            yield Recorded(f"slo:events_bad:increment1h{labels}", bad)
        if whole:
            for name, values in (("2xx", total), ("4xx", bad), ("5xx", bad)):
                yield Recorded(
                    f'tenant:requests:increment1h{{tenant="tenant-{n}",status_class="{name}"}}', values
                )


def backfill(folder: Path, tenants: int) -> None:
    chance = random.Random(1)
    for day in range(-7, 7):
        text = folder / "day.om"
        write_openmetrics(text, day_of(WEEK_START + day * DAY, tenants, whole=day >= 0, chance=chance))
        make_blocks(text, folder / "data")
        text.unlink()


def lay_workspace(folder: Path, tenants: int) -> None:
    for name in ("alerts_src", "compose", "slas"):
        (folder / name).mkdir(parents=True)
    (folder / "slas" / "tiers.yml").write_text(TIERS.read_text())
    lines = (
        f"  - {{id: tenant-{n}, name: Tenant {n}, vertical: hotels, tier: gold}}" for n in range(tenants)
    )
    (folder / "slas" / "tenants.yml").write_text("tenants:\n" + "\n".join(lines) + "\n")


def report(folder: Path, url: str) -> tuple[float, float, float]:
    """Seconds of wall clock, seconds of CPU, and the most memory in MB of one run of the command."""
    command = [
        str(Path(sys.executable).with_name("platformctl")), "sla-report", "--prometheus", url,
        "--period", "2026-W46", "--out", str(folder / "out"),
    ]  # fmt: skip
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, "the report failed"
    return time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def one_by_one(url: str, tenants: int) -> float:
    """Seconds for the same seven sums, tenant by tenant, over a kept connection's worth of instant queries."""
    end = (WEEK_START + 7 * DAY) * 60 + 59.999
    began = time.perf_counter()
    for n in range(SAMPLED):
        tenant = n * tenants // SAMPLED
        for name in ("slo:events_total", "slo:events_bad", "tenant:requests"):
            asked = {
                "query": f'sum_over_time({name}:increment1h{{tenant="tenant-{tenant}"}}[7d])',
                "time": end,
            }
            with urllib.request.urlopen(f"{url}/api/v1/query?{urllib.parse.urlencode(asked)}") as answer:
                assert json.load(answer)["data"]["result"]
    return (time.perf_counter() - began) * tenants / SAMPLED


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tenants", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="sla-bench-") as name:
        folder = Path(name)
        lay_workspace(folder / "workspace", chosen.tenants)
        began = time.perf_counter()
        backfill(folder, chosen.tenants)
        print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
        print(f"load of the machine: {os.getloadavg()[0]:.1f}")
        print(f"{chosen.tenants} tenants, backfilled in {time.perf_counter() - began:.0f} s")
        with serving(folder / "data") as url:
            rounds = []
            for _ in range(chosen.rounds):
                rounds.append((*report(folder / "workspace", url), one_by_one(url, chosen.tenants)))
                print(
                    "report {:.1f} s wall, {:.1f} s CPU, {:.0f} MB; one by one {:.0f} s".format(*rounds[-1]),
                    flush=True,
                )
    wall, cpu, memory, alone = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"median: {wall:.1f} s wall, {cpu:.1f} s CPU, {memory:.0f} MB")
    print(f"tenant by tenant (scaled up from {SAMPLED}): {alone:.0f} s, {alone / wall:.0f} times as long")


if __name__ == "__main__":
    main()
