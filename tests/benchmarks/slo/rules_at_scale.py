"""How long the SLO rules take to evaluate for many tenants, beside one SLO per tenant as sloth writes it.

A real Prometheus is given a history by backfilling (an hour of minutes, three days of five-minute sums, thirty
days of hourly sums), scrapes so many tenants every 15 s, and evaluates the rules at their true interval.
Shapes and numbers of tenants take turns; printed are medians over the evaluations seen, and their ratio.

    python tests/benchmarks/slo/rules_at_scale.py --tenants 100 1000 10000 --minutes 3 --rounds 1
    python tests/benchmarks/slo/rules_at_scale.py --tenants 10000 --shapes grouped --rules
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "e2e" / "sla"))

from exposition import Exposition, exposing
from history_files import make_blocks, serving
from sloth_shape import LARGEST, sloth_rules
from support.sites import native_site

from platformctl.render import rules
from platformctl.sources.definitions import load_platform

ROOT = Path(__file__).parents[3]
LATE_S = 90
"""The history ends so long before now: what the head would refuse must not be in a block."""


@dataclass
class Seen:
    """What one run showed: seconds of each evaluation by group and by rule, and the server's own figures."""

    groups: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    rules: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    own: dict[str, float] = field(default_factory=dict)

    def add(self, other: Seen) -> None:
        """Take over what another run of the same shape has seen."""
        for mine, theirs in ((self.groups, other.groups), (self.rules, other.rules)):
            for name, durations in theirs.items():
                mine[name] += durations
        self.own = other.own


def history(tenants: int, days_of_history: float) -> Iterator[str]:
    """OpenMetrics lines of what the rules would have recorded: 60 requests a minute, none of them bad."""
    end = (int(time.time()) - LATE_S) // 60
    for events, each in (("slo:events_bad", 0), ("slo:events_total", 60)):
        for step, minutes, length in (
            ("1m", 1, 65),
            ("5m", 5, min(3.0, days_of_history) * 1440),
            ("1h", 60, days_of_history * 1440),
        ):
            at = [m for m in range(end - int(length), end) if m % minutes == 0]
            for tenant in range(tenants):
                for slo in ("availability", "latency"):
                    name = f'{events}:increment{step}{{tenant="tenant-{tenant}",slo="{slo}"}}'
                    yield "".join(f"{name} {each * minutes} {minute * 60 + 7}\n" for minute in at)
    yield "# EOF\n"


def backfill(folder: Path, tenants: int, days_of_history: float) -> float:
    """Seconds it took to write the history's blocks into the folder."""
    began, text = time.monotonic(), folder / "history.om"
    with text.open("w") as out:
        out.writelines(history(tenants, days_of_history))
    make_blocks(text, folder)
    text.unlink()
    return time.monotonic() - began


def lay_grouped(folder: Path, tenants: int) -> None:
    """This platform's own SLO rules."""
    own = load_platform(ROOT)
    for artifact in rules.render(own, native_site(own)):
        if "/slo" in artifact.path:
            (folder / "rules" / Path(artifact.path).name).write_bytes(artifact.content)


def lay_per_tenant(folder: Path, tenants: int) -> None:
    """One SLO for each tenant, in sloth's shape."""
    (folder / "rules" / "sloth.json.yml").write_text(json.dumps(sloth_rules(tenants)))


SHAPES = {"grouped": lay_grouped, "per-tenant": lay_per_tenant}


def ask(url: str) -> dict:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)


def watch(url: str, seconds: float) -> Seen:
    """Look at the rule groups until the time is over; each evaluation is counted once."""
    seen, known, until = Seen(), set(), time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(2)
        for group in ask(f"{url}/api/v1/rules")["data"]["groups"]:
            at = (group["name"], group["lastEvaluation"])
            if at in known or group["lastEvaluation"].startswith("0001"):
                continue
            known.add(at)
            name = group["name"] if not group["name"].startswith("sloth") else "sloth"
            seen.groups[name].append(group["evaluationTime"])
            for at_rule, rule in enumerate(group["rules"]):
                seen.rules[f"{name} {at_rule} {rule['name']} {rule.get('labels', {}).get('slo', '')}"].append(
                    rule["evaluationTime"]
                )
    seen.own = own_metrics(url)
    return seen


def own_metrics(url: str) -> dict[str, float]:
    """Prometheus' metrics of itself, summed over their labels."""
    sums: dict[str, float] = defaultdict(float)
    with urllib.request.urlopen(f"{url}/metrics") as answer:
        for line in answer.read().decode().splitlines():
            if not line.startswith("#"):
                series, value = line.rsplit(" ", 1)
                sums[series.partition("{")[0]] += float(value)
    return sums


def run(shape: str, tenants: int, chosen: argparse.Namespace) -> Seen:
    """One Prometheus from empty to the last evaluation."""
    with tempfile.TemporaryDirectory(prefix="slo-bench-") as name, exposing(Exposition(tenants)) as address:
        folder = Path(name)
        (folder / "rules").mkdir()
        SHAPES[shape](folder, tenants)
        took = backfill(folder, tenants, chosen.days) if shape == "grouped" and chosen.days else 0.0
        job = {"job_name": "edge", "static_configs": [{"targets": [address]}]}
        config = {
            "global": {"scrape_interval": "15s"}, "rule_files": ["rules/*.yml"], "scrape_configs": [job],
        }  # fmt: skip
        with serving(folder, config=json.dumps(config)) as url:
            print(f"  {shape}, {tenants} tenants: history written in {took:.0f} s, watching", flush=True)
            return watch(url, chosen.minutes * 60)


def tell(shape: str, tenants: int, seen: Seen, *, each_rule: bool) -> float:
    """Print the medians; gives the seconds of CPU that the server took, scrapes included."""
    print(f"{tenants} tenants, {shape}:")
    for name, durations in sorted(seen.groups.items()):
        if name != "sloth":
            print(
                f"  {name}: median {statistics.median(durations):.2f} s,"
                f" worst {max(durations):.2f} s of {len(durations)}"
            )
    if each_rule:
        for name, durations in sorted(seen.rules.items(), key=lambda r: -statistics.median(r[1]))[:25]:
            print(f"    {statistics.median(durations):6.2f} s {name}")
    cpu = seen.own["process_cpu_seconds_total"]
    print(
        f"  missed {seen.own['prometheus_rule_group_iterations_missed_total']:.0f} iterations,"
        f" {seen.own['prometheus_rule_evaluation_failures_total']:.0f} failures,"
        f" {seen.own['prometheus_tsdb_head_series']:.0f} series,"
        f" {seen.own['process_resident_memory_bytes'] / 1e6:.0f} MB, {cpu:.1f} s of CPU",
        flush=True,
    )
    return cpu


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--tenants", type=int, nargs="+", default=[100, 1000, 10_000])
    options.add_argument("--shapes", nargs="+", choices=SHAPES, default=[*SHAPES])
    options.add_argument("--minutes", type=float, default=3, help="how long each run is watched")
    options.add_argument("--days", type=float, default=1, help="days of history; 0 for none, 30 for all")
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--rules", action="store_true", help="the slowest rules, too")
    chosen = options.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    found: dict[tuple[int, str], Seen] = defaultdict(Seen)
    for _ in range(chosen.rounds):
        for tenants in chosen.tenants:
            for shape in chosen.shapes:
                if shape == "per-tenant" and tenants > LARGEST:
                    print(
                        f"  per-tenant, {tenants} tenants: left out, it does not evaluate in any minute here"
                    )
                    continue
                found[tenants, shape].add(run(shape, tenants, chosen))
    totals = {at: tell(at[1], at[0], seen, each_rule=chosen.rules) for at, seen in found.items()}
    for tenants in chosen.tenants:
        if {(tenants, shape) for shape in SHAPES} <= totals.keys():
            ratio = totals[tenants, "per-tenant"] / totals[tenants, "grouped"]
            print(f"{tenants} tenants: one SLO per tenant takes {ratio:.1f} times the CPU")


if __name__ == "__main__":
    main()
