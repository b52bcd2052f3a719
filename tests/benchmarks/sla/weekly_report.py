"""How long a weekly report over many tenants takes, and how much memory, from a real Prometheus.

The history is two weeks of hourly sums (12 series a tenant in the week, 4 in the one before, for the trend), and
the minutes at the borders of the week, backfilled into a folder that can be kept: in blocks of 54 hours, as a
Prometheus has compacted them some days later. Compared, in interleaved rounds and on samples of
tenants, with asking for each tenant by itself, and with slo-generator (one objective a tenant), where it
is installed in an environment of its own:

    python -m venv /tmp/slogen && /tmp/slogen/bin/pip install 'slo-generator[prometheus]' 'setuptools<81'
    python tests/benchmarks/sla/weekly_report.py --folder /tmp/history --backfill
    python tests/benchmarks/sla/weekly_report.py --folder /tmp/history --rounds 5 --slo-generator /tmp/slogen
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

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "e2e" / "sla"))

from history_files import Recorded, make_blocks, serving, write_openmetrics

WEEK_START = int(datetime(2026, 11, 9, tzinfo=UTC).timestamp()) // 60
DAY = 24 * 60
BLOCK = 54 * 60
"""Minutes: two hours, compacted three times by three."""

SAMPLED = 300
BOUNDS = ("0.25", "0.5", "1", "2.5")
TIERS = Path(__file__).parents[3] / "slas" / "tiers.yml"


def stretch(hours: range, tenants: int, chance: random.Random) -> Iterator[Recorded]:
    """What was recorded at the ends of these hours; of the week before, only what a trend needs."""
    mine = [hour for hour in hours if hour > WEEK_START]
    minutes = [minute for hour in hours for minute in range(hour - 59, hour + 1)]
    borders = [
        m for at in (WEEK_START, WEEK_START + 7 * DAY) for m in (at, at + 1) if hours[0] - 60 < m <= hours[-1]
    ]
    yield Recorded("slo:heartbeat:increment1m", dict.fromkeys(minutes, 1))
    for name in ("slo:source_up:max1m", "slo:counting_up:max1m", "slo:probed_up:max1m"):
        yield Recorded(name, dict.fromkeys(minutes, 1))
    yield Recorded("slo:heartbeat:increment1h", dict.fromkeys(hours, 60))
    for n in range(tenants):
        total = {h: chance.randrange(500, 5000) for h in hours}
        bad = {h: chance.choice((0, 0, 0, 1, 2, 9)) for h in hours}
        for slo in ("availability", "latency"):
            labels = f'{{tenant="tenant-{n}",slo="{slo}"}}'
            for kind, values, a_minute in (("total", total, 30), ("bad", bad, n % 2)):
                yield Recorded(f"slo:events_{kind}:increment1h{labels}", values)
                yield Recorded(f"slo:events_{kind}:increment1m{labels}", dict.fromkeys(borders, a_minute))
        for name, values in (("2xx", total), ("4xx", bad), ("5xx", bad)):
            labels = f'{{tenant="tenant-{n}",status_class="{name}"}}'
            yield Recorded(f"tenant:requests:increment1h{labels}", {h: values[h] for h in mine})
        yield Recorded(
            f'tenant:requests_throttled:increment1h{{tenant="tenant-{n}"}}', {h: bad[h] for h in mine}
        )
        for slower, bound in enumerate(BOUNDS):
            fast = {h: total[h] * (94 + slower) // 100 for h in mine}
            labels = f'{{tenant="tenant-{n}",le="{bound}"}}'
            yield Recorded(f"tenant:request_duration_bucket:increment1h{labels}", fast)


def backfill(folder: Path, tenants: int) -> None:
    chance = random.Random(1)
    first, last = WEEK_START - 7 * DAY + 60, WEEK_START + 7 * DAY + 60
    for start in range(first // BLOCK * BLOCK, last + 1, BLOCK):
        text = folder / "stretch.om"
        hours = range(max(first, start + 60), min(last, start + BLOCK) + 1, 60)
        if hours:
            write_openmetrics(text, stretch(hours, tenants, chance))
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


def report(folder: Path, url: str, *more: str) -> tuple[float, float, float]:
    """Seconds of wall clock, seconds of CPU, and the most memory in MB of one run of the command."""
    command = [
        str(Path(sys.executable).with_name("platformctl")), "sla-report", "--prometheus", url,
        "--period", "2026-W46", "--out", str(folder / "out"), *more,
    ]  # fmt: skip
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, "the report failed"
    return time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


SUMS = (
    *(
        (name, WEEK_START + 7 * DAY)
        for name in (
            "slo:events_total", "slo:events_bad", "tenant:requests", "tenant:requests_throttled",
            "tenant:request_duration_bucket",
        )
    ),
    ("slo:events_total", WEEK_START), ("slo:events_bad", WEEK_START),
)  # fmt: skip
"""What a report sums, and at which minute; for the trend, two sums of the week before."""


def one_by_one(url: str, tenants: int) -> float:
    """Seconds for the same seven sums, tenant by tenant, over a kept connection's worth of instant queries."""
    began = time.perf_counter()
    for n in range(SAMPLED):
        tenant = n * tenants // SAMPLED
        for name, end in SUMS:
            asked = {
                "query": f'sum_over_time({name}:increment1h{{tenant="tenant-{tenant}"}}[7d])',
                "time": end * 60 + 59.999,
            }
            with urllib.request.urlopen(f"{url}/api/v1/query?{urllib.parse.urlencode(asked)}") as answer:
                assert json.load(answer)["data"]["result"]
    return (time.perf_counter() - began) * tenants / SAMPLED


SERVICE_LEVEL = """
apiVersion: sre.google.com/v2
kind: ServiceLevelObjective
metadata: {{name: tenant-{n}, labels: {{service_name: api, feature_name: tenant-{n}, slo_name: availability}}}}
spec:
  description: Availability of tenant-{n}
  backend: prometheus
  method: good_bad_ratio
  error_budget_policy: default
  goal: 0.999
  service_level_indicator:
    filter_good: >-
      sum(sum_over_time(slo:events_total:increment1h{{{chosen}}}[window] @ {end}))
      - sum(sum_over_time(slo:events_bad:increment1h{{{chosen}}}[window] @ {end}))
    filter_valid: sum(sum_over_time(slo:events_total:increment1h{{{chosen}}}[window] @ {end}))
    operators: []
"""
SETTINGS = """
backends: {{prometheus: {{url: "{url}"}}}}
error_budget_policies:
  default:
    steps:
      - {{name: week, burn_rate_threshold: 1, alert: false, window: {week}, message_alert: a, message_ok: b}}
exporters: {{}}
"""
PEER_SAMPLED = 50


def by_slo_generator(environment: Path, folder: Path, url: str, tenants: int) -> float:
    """Seconds of the peer for the availability of all tenants: the time of some, scaled up.

    Its Prometheus backend asks for now whatever timestamp it is given, hence the ``@`` in its queries.
    """
    slos = folder / "slos"
    slos.mkdir(exist_ok=True)
    (folder / "settings.yml").write_text(SETTINGS.format(url=url, week=7 * 86_400))
    end = (WEEK_START + 7 * DAY) * 60 + 59
    for n in range(PEER_SAMPLED):
        tenant = n * tenants // PEER_SAMPLED
        chosen = f'tenant="tenant-{tenant}",slo="availability"'
        text = SERVICE_LEVEL.format(n=tenant, chosen=chosen, end=end)
        (slos / f"{n}.yaml").write_text(text)
    command = [
        environment / "bin" / "slo-generator", "compute", "-f", slos, "-c", folder / "settings.yml",
    ]  # fmt: skip
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and "FAIL" not in done.stderr, done.stderr[-2000:]
    return (time.perf_counter() - began) * tenants / PEER_SAMPLED


def show(title: str, figures: list[float], unit: str) -> None:
    print(
        f"{title}: median {statistics.median(figures):.1f} {unit} ({min(figures):.1f} to {max(figures):.1f})"
    )


def compare(folder: Path, tenants: int, rounds: int, peer: Path | None) -> None:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"load of the machine: {os.getloadavg()[0]:.1f}; {tenants} tenants")
    ours, singly, peers = [], [], []
    with serving(folder / "data") as url:
        for _ in range(rounds):
            ours.append(report(folder / "workspace", url))
            print("report {:.1f} s wall, {:.1f} s CPU, {:.0f} MB".format(*ours[-1]), flush=True)
            singly.append(one_by_one(url, tenants))
            if peer:
                peers.append(by_slo_generator(peer, folder, url, tenants))
    wall, cpu, memory = ([r[n] for r in ours] for n in range(3))
    show("report, wall clock", wall, "s")
    show("report, CPU", cpu, "s")
    show("report, memory", memory, "MB")
    show(f"the same sums tenant by tenant, scaled up from {SAMPLED}", singly, "s")
    if peers:
        show(f"slo-generator, availability alone, scaled up from {PEER_SAMPLED}", peers, "s")
    ratio = statistics.median(singly) / statistics.median(wall)
    print(f"tenant by tenant takes {ratio:.1f} times as long")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tenants", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--folder", type=Path, help="where the history is kept")
    options.add_argument("--backfill", action="store_true", help="make the history in --folder, and end")
    options.add_argument("--slo-generator", type=Path, help="the environment that it is installed in")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="sla-bench-") as name:
        folder = chosen.folder or Path(name)
        if chosen.backfill or not chosen.folder:
            began = time.perf_counter()
            lay_workspace(folder / "workspace", chosen.tenants)
            backfill(folder, chosen.tenants)
            print(f"{chosen.tenants} tenants, backfilled in {time.perf_counter() - began:.0f} s")
        if not chosen.backfill:
            compare(folder, chosen.tenants, chosen.rounds, chosen.slo_generator)


if __name__ == "__main__":
    main()
