"""Ten thousand lines a second through the log agent into Loki, and a restart of each: lost, doubled, the cost.

    python tests/benchmarks/logs/throughput.py --rate 10000 --seconds 40
    python tests/benchmarks/logs/throughput.py --agent alloy

Writes to temporary files, starts both servers with the shipped pipeline on free ports, and counts every
line by its number. --how KILL ends the servers as a crash would.
"""

from __future__ import annotations

import argparse
import os
import platform as machine
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from support.log_flood import GRAVE, Arrived, Flood
from support.watch import Running, lay, running, site_for

from platformctl.model.log_query import LogQuery
from platformctl.model.logs import OPERATORS
from platformctl.sources.definitions import load_platform
from platformctl.sources.http import HttpServer
from platformctl.sources.loki import Loki
from platformctl.sources.modules import load

REPOSITORY = Path(__file__).resolve().parents[3]
TENANTS = ("grand-hotel", "lumiere", "nordwind", "platform")
NS = 10**9
PATIENCE_S = 240


def cpu_s(process: Running) -> float:
    """CPU seconds that the process has used so far."""
    assert process.process is not None
    fields = Path(f"/proc/{process.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(options: argparse.Namespace) -> None:
    own = load_platform(REPOSITORY)
    agent = vars(load(REPOSITORY, REPOSITORY / "compose" / "logs.py").module)[options.agent.upper()]
    loki_itself = next(component for component in own.components if component.name == "loki")
    platform = replace(own, areas=(), log_areas=(), components=(loki_itself, agent))
    print(f"{machine.platform()}, {os.cpu_count()} cores; {options.rate} lines/s for {options.seconds} s")
    with tempfile.TemporaryDirectory(prefix="logs-benchmark-") as scratch, ExitStack() as started:
        folder = Path(scratch)
        site = site_for(platform, secrets=())
        lay(platform, site, folder)
        for name in ("logs", f"data/{options.agent}", "data/loki"):
            (folder / name).mkdir(parents=True)
        servers = {c.name: started.enter_context(running(c, site, folder)) for c in platform.components}
        flood = Flood(folder=folder / "logs", tenants=TENANTS, rate=options.rate)
        start_ns = time.time_ns()
        used = dict.fromkeys(servers, 0.0)
        with flood.writing():
            for name in (options.agent, "loki"):
                time.sleep(options.seconds / 3)
                used[name] += cpu_s(servers[name])
                down = time.monotonic()
                servers[name].end(signal.Signals[f"SIG{options.how}"])
                servers[name].begin()
                print(f"{name} was away for {time.monotonic() - down:.1f} s")
            time.sleep(options.seconds / 3)
        stopped = time.monotonic()
        header = {"X-Scope-OrgID": "|".join(TENANTS)}
        loki = Loki(server=HttpServer(site.reach("loki", "http"), 120, header))
        drained = _wait_until_still(loki, flood, start_ns)
        used = {name: used[name] + cpu_s(server) for name, server in servers.items()}
        found = Arrived.of(loki.lines(_query(start_ns)), flood.written)
        print(f"written {found.written}, lost {found.lost}, doubled {found.doubled}")
        operators = Loki(server=HttpServer(site.reach("loki", "http"), 120, {"X-Scope-OrgID": OPERATORS}))
        copied = Arrived.of(operators.lines(_query(start_ns)), flood.written, GRAVE)
        print(f"of them copied for operators {copied.written}, lost {copied.lost}, doubled {copied.doubled}")
        print(
            f"writer at most {flood.behind_s:.1f} s behind;"
            f" the last line arrived {drained - stopped:.1f} s after it was written"
        )
        for name, seconds in used.items():
            print(f"{name}: {seconds:.1f} s of CPU, {seconds / found.written * 1e6:.0f} µs a line")


def _query(start_ns: int) -> LogQuery:
    return LogQuery(start_ns=start_ns - NS, end_ns=time.time_ns() + NS, grep="flood-")


def _wait_until_still(loki: Loki, flood: Flood, start_ns: int) -> float:
    """When all lines had arrived, or, after a while without another one, when the last had."""
    query = 'sum(count_over_time({service=~"flood-.+"}[10m]))'
    deadline, last, at = time.monotonic() + PATIENCE_S, -1, time.monotonic()
    while time.monotonic() < min(deadline, at + 20):
        body = loki.server.get_json("/loki/api/v1/query", query=query)
        result = body["data"]["result"]  # type: ignore[index, call-overload]
        count = int(result[0]["value"][1]) if result else 0
        if count > last:
            last, at = count, time.monotonic()
        if count >= flood.written:
            break
        time.sleep(0.5)
    return at


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=40)
    parser.add_argument("--agent", choices=("promtail", "alloy"), default="promtail")
    parser.add_argument("--how", choices=("TERM", "KILL"), default="TERM")
    main(parser.parse_args())
