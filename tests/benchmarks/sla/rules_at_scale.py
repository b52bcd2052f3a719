"""How long the SLO rules take to evaluate for many tenants, in a live Prometheus that scrapes them.

Prints, for each number of tenants, the duration of each rule group, what was missed, series and memory.

    python tests/benchmarks/sla/rules_at_scale.py --tenants 100 1000 10000 --minutes 4
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "e2e" / "sla"))

from history_files import serving
from support.sites import native_site

from platformctl.render import rules
from platformctl.sources.definitions import load_platform

ROOT = Path(__file__).parents[3]
BOUNDS = ("0.25", "0.5", "1.0", "2.5", "10.0", "30.0", "+Inf")
TIERS = ("bronze", "silver", "gold", "platinum")


class Tenants(BaseHTTPRequestHandler):
    """The exposition of an API with so many tenants; every counter grows by the second."""

    names: tuple[tuple[str, str], ...] = ()

    def do_GET(self) -> None:
        count = int(time.time()) % 1_000_000
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write("".join(self._lines(count)).encode())

    def _lines(self, count: int):
        for tenant, tier in self.names:
            label = f'tenant="{tenant}"'
            yield f'tenant_info{{{label},tier="{tier}",vertical="hotels"}} 1\n'
            yield f'tenant_requests_total{{{label},status_class="2xx"}} {count * 99}\n'
            yield f'tenant_requests_total{{{label},status_class="5xx"}} {count}\n'
            yield f"tenant_request_duration_seconds_count{{{label}}} {count * 100}\n"
            for bound in BOUNDS:
                yield f'tenant_request_duration_seconds_bucket{{{label},le="{bound}"}} {count * 99}\n'

    def log_message(self, *_: object) -> None:
        return


def exposition(tenants: int) -> ThreadingHTTPServer:
    Tenants.names = tuple((f"tenant-{n}", TIERS[n % len(TIERS)]) for n in range(tenants))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tenants)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def lay(folder: Path, port: int) -> str:
    """Write the SLO rules; gives the configuration, which JSON is YAML enough for."""
    platform_ = load_platform(ROOT)
    for artifact in rules.render(platform_, native_site(platform_)):
        if "slo" in artifact.path:
            path = folder / artifact.path.removeprefix("prometheus/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(artifact.content)
    job = {"job_name": "api", "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}
    config = {
        "global": {"scrape_interval": "15s"},
        "rule_files": ["rules/*.yml"],
        "scrape_configs": [job],
    }
    return json.dumps(config)


def ask(url: str, query: str) -> list[dict]:
    with urllib.request.urlopen(f"{url}/api/v1/query?{urllib.parse.urlencode({'query': query})}") as answer:
        return json.load(answer)["data"]["result"]


def own_metrics(url: str) -> dict[str, float]:
    with urllib.request.urlopen(f"{url}/metrics") as answer:
        lines = (line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if line[0] != "#")
        return {name: float(value) for name, value in lines}


def measure(tenants: int, minutes: float) -> None:
    server = exposition(tenants)
    with tempfile.TemporaryDirectory(prefix="slo-bench-") as name:
        folder = Path(name)
        with serving(folder, config=lay(folder, server.server_address[1])) as url:
            time.sleep(minutes * 60)
            seen = own_metrics(url)
            burning = ask(url, "count by (slo) (slo:burn_rate:ratio5m)")
    server.shutdown()
    print(f"{tenants} tenants")
    for key, value in sorted(seen.items()):
        if key.startswith("prometheus_rule_group_last_duration_seconds"):
            print(f"  {key.rpartition(';')[2].rstrip('}').strip(chr(34))}: {value:.2f} s")
    total = {word: sum(v for k, v in seen.items() if k.startswith(word)) for word in (
        "prometheus_rule_group_iterations_missed_total", "prometheus_rule_evaluation_failures_total",
        "prometheus_tsdb_head_series", "process_resident_memory_bytes", "process_cpu_seconds_total",
    )}  # fmt: skip
    missed, failures, series, memory, cpu = total.values()
    print(
        f"  missed {missed:.0f}, failed {failures:.0f}, {series:.0f} series, {memory / 1e6:.0f} MB,", end=" "
    )
    print(
        f"{cpu / minutes / 60:.0%} of a core; burn rates of",
        {r["metric"]["slo"]: r["value"][1] for r in burning},
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tenants", type=int, nargs="+", default=[100, 1000, 10_000])
    options.add_argument("--minutes", type=float, default=4)
    chosen = options.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for tenants in chosen.tenants:
        measure(tenants, chosen.minutes)


if __name__ == "__main__":
    main()
