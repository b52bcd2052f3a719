"""A real Loki with the lines of ten thousand tenants: memory, CPU, limits, and how long people wait for an answer.

    python tests/benchmarks/logs/many_tenants.py --tenants 10000 --lines 20
    python tests/benchmarks/logs/many_tenants.py --tenants 10000 --lines 20 --through promtail

Lays a workspace with so many tenants, starts Loki with what is rendered of it, gives it lines of each tenant and the
operators' copy of the errors among them (or writes them to a file, which the agent brings), asks as people do.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform as machine
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

from generate_scale import lay as lay_workspace
from support.watch import Running, lay, running, site_for

from platformctl.model.log_query import LogQuery
from platformctl.model.logs import OPERATORS
from platformctl.model.tenancy import Tenant
from platformctl.sources.definitions import load_platform
from platformctl.sources.http import HttpServer
from platformctl.sources.loki import Loki
from platformctl.sources.modules import load

ERRORS = 20
"""Of so many lines one is an error, of which the operators' organisation has a copy."""
NS = 10**9
REST_S = 60


@dataclass(frozen=True, slots=True)
class Target:
    """Loki's address, and how to push there."""

    address: str

    def push(self, org: str, streams: list[dict[str, object]]) -> int:
        """The status of one push."""
        connection = http.client.HTTPConnection(self.address, timeout=60)
        headers = {"X-Scope-OrgID": org, "Content-Type": "application/json"}
        connection.request("POST", "/loki/api/v1/push", json.dumps({"streams": streams}), headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status


def main(options: argparse.Namespace) -> None:
    print(
        f"{machine.platform()}, {os.cpu_count()} cores; {options.tenants} tenants, {options.lines} lines of each"
    )
    with tempfile.TemporaryDirectory(prefix="logs-tenants-") as scratch, ExitStack() as started:
        folder = Path(scratch)
        workspace = folder / "workspace"
        lay_workspace(workspace, options.tenants)
        own = load_platform(workspace)
        agents = vars(load(workspace, workspace / "compose" / "logs.py").module)
        agent = (agents[options.through.upper()],) if options.through else ()
        loki = next(c for c in own.components if c.name == "loki")
        platform = replace(own, areas=(), components=(loki, *agent))
        site = site_for(platform, secrets=())
        lay(platform, site, folder)
        for component in platform.components:
            (folder / "data" / component.name).mkdir(parents=True)
        (folder / "logs").mkdir()
        process = started.enter_context(running(loki, site, folder))
        print(f"Loki, empty: {_memory_mb(process):.0f} MB")
        target = Target(site.reach("loki", "http"))
        begin = time.monotonic()
        if agent:
            _write(folder / "logs" / "api.log", own.tenants, options.lines)
            bringing = started.enter_context(running(agent[0], site, folder))
            _wait(target, own.tenants)
            print(f"{options.through}: {_cpu_s(bringing):.1f} s of CPU, {_memory_mb(bringing):.0f} MB")
        else:
            _push_all(target, own.tenants, options.lines)
        count = options.tenants * options.lines
        print(f"{count} lines were there after {time.monotonic() - begin:.1f} s")
        used = _cpu_s(process)
        print(f"Loki: {_memory_mb(process):.0f} MB, {used:.1f} s of CPU ({used / count * 1e6:.0f} µs a line)")
        _show_limits(target, own.tenants)
        _show_answers(workspace, target, own.tenants)
        before = _cpu_s(process)
        time.sleep(REST_S)
        share = (_cpu_s(process) - before) / REST_S
        print(f"at rest, with its rules evaluated: {share:.1%} of a core, {_memory_mb(process):.0f} MB")


def _push_all(target: Target, tenants: tuple[Tenant, ...], lines: int) -> None:
    def push(tenant: Tenant) -> None:
        streams = [_stream(tenant, level, lines) for level in ("info", "error")]
        assert target.push(tenant.id, streams) == 204
        assert target.push(OPERATORS, streams[1:]) == 204

    with ThreadPoolExecutor(4) as several:
        list(several.map(push, tenants))


def _stream(tenant: Tenant, level: str, lines: int) -> dict[str, object]:
    number = max(lines // ERRORS, 1) if level == "error" else lines - max(lines // ERRORS, 1)
    labels = {"tenant": tenant.id, "service": "api", "level": level, "environment": "production"}
    now = time.time_ns()
    values = [
        [str(now - n * 10**6), _line(tenant, level, n), {"request_id": f"{tenant.id}-{level}-{n}"}]
        for n in range(number)
    ]
    return {"stream": labels, "values": values}


def _line(tenant: Tenant, level: str, number: int) -> str:
    return json.dumps(
        {
            "timestamp": datetime.now(UTC).isoformat(), "level": level, "service": "api", "tenant": tenant.id,
            "event": "request", "route": "/api/rooms/{id}", "code": 200 if level == "info" else 500,
            "duration_s": 0.0123, "request_id": f"{tenant.id}-{level}-{number}",
        }
    )  # fmt: skip


def _write(path: Path, tenants: tuple[Tenant, ...], lines: int) -> None:
    """Line by line of all tenants, as a service that serves them all writes."""
    errors = max(lines // ERRORS, 1)
    with path.open("w") as file:
        for number in range(lines):
            level = "error" if number < errors else "info"
            file.writelines(f"{_line(tenant, level, number)}\n" for tenant in tenants)


def _wait(target: Target, tenants: tuple[Tenant, ...]) -> None:
    """The last line of the file is the last tenant's, and lines come in order."""
    server = HttpServer(target.address, 60, {"X-Scope-OrgID": tenants[-1].id})
    loki = Loki(server=server)
    until_there = time.monotonic() + 1200
    wanted = {tenant.id for tenant in (tenants[0], tenants[-1])}
    print(f"waiting for {', '.join(sorted(wanted))}", file=sys.stderr)
    last = -1
    while time.monotonic() < until_there:
        now = time.time_ns()
        found = sum(1 for _ in loki.lines(LogQuery(start_ns=now - 3600 * NS, end_ns=now + NS)))
        if found == last and found:
            return
        last = found
        time.sleep(2)


def _show_limits(target: Target, tenants: tuple[Tenant, ...]) -> None:
    """A tenant of each tier pushes 12 MB at once, a megabyte a push."""
    for tier in sorted({tenant.tier for tenant in tenants}):
        tenant = next(tenant for tenant in tenants if tenant.tier == tier)
        labels = {"tenant": tenant.id, "service": "flood", "level": "info", "environment": "production"}
        statuses = []
        for push in range(12):
            now = time.time_ns()
            values = [[str(now + n), f"{push}-{n} " + "x" * 10_000] for n in range(100)]
            statuses.append(target.push(tenant.id, [{"stream": labels, "values": values}]))
        print(
            f"{tier}: of 12 pushes of a megabyte {statuses.count(204)} taken, {statuses.count(429)} refused"
        )


def _show_answers(workspace: Path, target: Target, tenants: tuple[Tenant, ...]) -> None:
    middle = tenants[len(tenants) // 2].id
    for words in (
        ("--tenant", middle),
        ("--request-id", f"{middle}-error-0"),
        ("--level", "error"),
        ("--all-tenants", "--level", "error"),
        ("--all-tenants", "--grep", f"{middle}-info-1"),
    ):
        begin = time.monotonic()
        lines = sum(1 for _ in _told(workspace, target, words))
        print(f"platformctl logs {' '.join(words)}: {lines} lines in {time.monotonic() - begin:.1f} s")


def _told(workspace: Path, target: Target, words: Iterable[str]) -> Iterable[bytes]:
    program = str(Path(sys.executable).with_name("platformctl"))
    command = [program, "logs", "-w", str(workspace), "--loki", target.address, "--json", *words]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        sys.exit(done.stderr.decode())
    return done.stdout.splitlines()


def _memory_mb(process: Running) -> float:
    assert process.process is not None
    status = Path(f"/proc/{process.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _cpu_s(process: Running) -> float:
    assert process.process is not None
    fields = Path(f"/proc/{process.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=20)
    parser.add_argument("--through", choices=("promtail", "alloy"))
    main(parser.parse_args())
