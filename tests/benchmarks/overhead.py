"""What monitoring costs the hosts that are watched: CPU, memory and latency, with and without, under load.

    python tests/benchmarks/overhead.py --pairs 6 --seconds 10 --rate 60

The demo's API on a real PostgreSQL and Redis answers requests at a steady rate. Rounds alternate: without, telemetry
is switched off in the API by its flags, and the exporters, the log agent, Prometheus and Loki are stopped (SIGSTOP);
with, everything runs as it is shipped. CPU is what the kernel charges to each process; latency is the client's. The
backends, which need not run on the watched hosts, are stated apart from telemetry, exporters and agent.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import platform as machine
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median, quantiles
from typing import Final, cast

sys.path.insert(0, str(Path(__file__).parents[1]))

from redis import Redis
from support import demo, servers, watch
from support.sites import native_site

from platformctl.model.platform import Platform
from platformctl.model.site import Site
from platformctl.render import loki, promtail
from platformctl.sources.definitions import load_platform

ROOT: Final = Path(__file__).parents[2]
WATCHED: Final = ("demo-api", "postgres", "redis")
HOST_SIDE: Final = ("node-exporter", "redis-exporter", "postgres-exporter", "promtail")
BACKENDS: Final = ("prometheus", "loki")
KINDS: Final = ("metrics", "access_log", "tracing")
COUNTER: Final = "tenant_requests_total"
"""Of the API's telemetry: each round shows by it that the switch does what it says."""
TICKS: Final = os.sysconf("SC_CLK_TCK")
GOAL: Final = 0.02


@dataclass
class Stage:
    """The processes by name; for one that forks, all of its kind."""

    api: demo.Service
    flags: Path
    main: dict[str, int] = field(default_factory=dict)
    on: bool = True

    def pids(self, name: str) -> list[int]:
        """The process and its children."""
        children = Path(f"/proc/{self.main[name]}/task/{self.main[name]}/children").read_text().split()
        return [self.main[name], *map(int, children)]

    def cpu_s(self, name: str) -> float:
        """CPU that the processes have used so far; of children that have ended, too."""
        used = 0
        for pid in self.pids(name):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                used += int(fields[11]) + int(fields[12])
                used += int(fields[13]) + int(fields[14]) if pid == self.main[name] else 0
        return used / TICKS

    def memory_mb(self, name: str) -> float:
        """Memory that no other process shares."""
        total = 0
        for pid in self.pids(name):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
                total += sum(
                    int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_")
                )
        return total / 1024

    def switch(self, *, on: bool) -> None:
        """Have everything, or nothing, of what watches."""
        self.on = on
        self.flags.write_text(json.dumps({kind: {"percent": 100 if on else 0} for kind in KINDS}))
        for name in (*HOST_SIDE, *BACKENDS):
            if name in self.main:
                os.kill(self.main[name], signal.SIGCONT if on else signal.SIGSTOP)


@dataclass(frozen=True)
class Round:
    """cpu: cores used, by process. latencies: seconds."""

    cpu: dict[str, float]
    latencies: list[float]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rate", type=float, default=60)
    chosen = parser.parse_args()
    print(f"{machine.platform()}, {os.cpu_count()} cores, load {os.getloadavg()}")
    print(f"{chosen.pairs} pairs of {chosen.seconds:g} s, {chosen.rate:g} requests a second")
    with stage() as on_stage:
        tokens = [
            demo.user_of(on_stage.api, tenant).token for tenant in ("grand-hotel", "harbour-inn", "lumiere")
        ]
        rounds: dict[bool, list[Round]] = {True: [], False: []}
        for number in range(chosen.pairs * 2):
            on = number % 4 in (1, 2)
            on_stage.switch(on=on)
            time.sleep(2)
            rounds[on].append(one_round(on_stage, tokens, seconds=chosen.seconds, rate=chosen.rate))
        on_stage.switch(on=True)
        report(on_stage, rounds[False], rounds[True], rate=chosen.rate)


def one_round(stage: Stage, tokens: list[str], *, seconds: float, rate: float) -> Round:
    counted = stage.api.value(COUNTER)
    before, began = {name: stage.cpu_s(name) for name in stage.main}, time.monotonic()
    latencies = load(stage.api, tokens, seconds=seconds, rate=rate)
    took = time.monotonic() - began
    counted = stage.api.value(COUNTER) - counted
    if counted != (len(latencies) if stage.on else 0):
        sys.exit(
            f"{counted:.0f} of {len(latencies)} requests counted, with telemetry {stage.on}: nothing is measured"
        )
    return Round({name: (stage.cpu_s(name) - before[name]) / took for name in stage.main}, latencies)


def load(api: demo.Service, tokens: list[str], *, seconds: float, rate: float) -> list[float]:
    """Requests at a steady rate by one thread a token; how long each took."""
    latencies: list[float] = []

    def one(token: str) -> None:
        connection = http.client.HTTPConnection(api.address, timeout=30)
        due, end = time.monotonic(), time.monotonic() + seconds
        while due < end:
            time.sleep(max(0.0, due - time.monotonic()))
            began = time.perf_counter()
            connection.request("GET", "/api/records", headers={"authorization": f"Bearer {token}"})
            connection.getresponse().read()
            latencies.append(time.perf_counter() - began)
            due += len(tokens) / rate
        connection.close()

    threads = [threading.Thread(target=one, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return latencies


def report(stage: Stage, without: list[Round], having: list[Round], *, rate: float) -> None:
    """The difference by process, then the whole against the goal, then the backends."""

    def cores(rounds: list[Round], *names: str) -> float:
        return median(sum(one.cpu.get(name, 0.0) for name in names) for one in rounds)

    print("cores used              without     with   difference")
    for name in (*WATCHED, *HOST_SIDE):
        if name in stage.main:
            off, on = cores(without, name), cores(having, name)
            print(f"  {name:20} {off:8.4f} {on:8.4f} {on - off:+9.4f}   {stage.memory_mb(name):7.1f} MB")
    names = tuple(name for name in (*WATCHED, *HOST_SIDE) if name in stage.main)
    pairs = [sum(b.cpu[n] - a.cpu[n] for n in names) for a, b in zip(without, having, strict=True)]
    more, work, all_cores = median(pairs), cores(without, *WATCHED), os.cpu_count() or 1
    spread = f"{min(pairs):+.4f} to {max(pairs):+.4f}"
    print(
        f"monitoring takes {more:.4f} cores of the host's {all_cores} ({spread}): {more / all_cores:.2%} of the host,"
    )
    print(f"  {more / work:.1%} of what the services themselves use; the goal is {GOAL:.0%} of the host")
    print(f"  {(cores(having, *WATCHED) - work) / rate * 1e6:.0f} µs of CPU a request in the services")
    exporters = sum(stage.memory_mb(name) for name in HOST_SIDE if name in stage.main)
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e6
    print(
        f"  {exporters:.0f} MB of memory in exporters and agent: {exporters / total:.2%} of the host's {total:,.0f} MB"
    )
    for label, rounds in (("without", without), ("with", having)):
        times = sorted(t for one in rounds for t in one.latencies)
        cuts = quantiles(times, n=100)
        print(
            f"latency {label:8} p50 {cuts[49] * 1000:6.2f} ms  p95 {cuts[94] * 1000:6.2f} ms  of {len(times)} requests"
        )
    backends(stage, having)


def backends(stage: Stage, having: list[Round]) -> None:
    """What the servers cost that keep it all, by series and by tenant."""
    address = f"127.0.0.1:{stage_ports['prometheus']}"
    head = watch.get_json(f"http://{address}/api/v1/query?query=prometheus_tsdb_head_series")
    series = float(head["data"]["result"][0]["value"][1])  # type: ignore[index]
    tenants = len(load_platform(ROOT).tenants)
    for name in BACKENDS:
        if name in stage.main:
            used, memory = median(one.cpu[name] for one in having), stage.memory_mb(name)
            each = f"{used / series * 1e6:.2f} millicores and {memory / series * 1000:.1f} MB a thousand series, "
            print(
                f"backend {name}: {used:.4f} cores, {memory:.0f} MB; "
                f"{each if name == 'prometheus' else ''}{used / tenants * 1000:.2f} millicores and "
                f"{memory / tenants:.1f} MB a tenant ({series:,.0f} series, {tenants} tenants)"
            )


stage_ports: dict[str, int] = {}


@contextlib.contextmanager
def stage() -> Iterator[Stage]:
    """Everything up, as shipped."""
    with contextlib.ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="overhead-")))
        cluster = held.enter_context(servers.postgres())
        redis = held.enter_context(servers.redis())
        flags = folder / "flags.json"
        flags.write_text("{}")
        (folder / "logs").mkdir()
        api = held.enter_context(demo.service("api", _environment(cluster, redis, flags, folder), folder))
        servers.wait_for(lambda: api.answers("/ready"), what="the API is ready", log=api.log)
        (folder / "logs" / "demo-api.log").hardlink_to(api.log)
        whole = load_platform(ROOT)
        site = _site(whole, api, cluster, redis)
        _lay(whole, site, folder, cluster.password)
        started = Stage(api, flags, {"demo-api": api.process.pid})
        started.main["postgres"] = int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
        started.main["redis"] = _redis_process(redis)
        for component in whole.components:
            if component.name in (*HOST_SIDE, *BACKENDS) and site.has(component.name):
                running = held.enter_context(watch.running(component, site, folder))
                assert running.process is not None
                started.main[component.name] = running.process.pid
        stage_ports["prometheus"] = int(site.reach("prometheus", "http").rpartition(":")[2])
        held.callback(lambda: started.switch(on=True))
        yield started


def _redis_process(address: str) -> int:
    with Redis.from_url(f"redis://{address}") as client:
        return int(cast("dict[str, int]", client.info("server"))["process_id"])


def _environment(cluster: servers.Postgres, redis: str, flags: Path, folder: Path) -> dict[str, str]:
    (folder / "password").write_text(cluster.password)
    return {
        "DEMO_POSTGRES": cluster.address,
        "DEMO_POSTGRES_PASSWORD_FILE": str(folder / "password"),
        "DEMO_REDIS": redis,
        "DEMO_REGISTRY": str(demo.registry_file(folder)),
        "DEMO_TELEMETRY_FLAGS": str(flags),
    }


def _site(whole: Platform, api: demo.Service, cluster: servers.Postgres, redis: str) -> Site:
    """With what can run here; Loki and its agent where they were built."""
    _built_on_path()
    ports = watch.free_ports(whole) | {
        "demo-api:http": int(api.address.rpartition(":")[2]),
        "postgres:postgres": cluster.port,
        "redis:redis": int(redis.rpartition(":")[2]),
    }
    names = {*WATCHED, *HOST_SIDE, *BACKENDS}
    if servers.built("loki") is None or servers.built("promtail") is None:
        print("without Loki and its agent: python scripts/build_loki.py")
        names -= {"loki", "promtail"}
    site = native_site(whole, without=[c.name for c in whole.components if c.name not in names], ports=ports)
    return replace(site, secrets=frozenset({"postgres-password"}))


def _built_on_path() -> None:
    cache = Path(servers.built("loki") or "/nonexistent").parent
    os.environ["PATH"] = f"{os.environ['PATH']}:{cache}"


def _lay(whole: Platform, site: Site, folder: Path, password: str) -> None:
    watch.lay(whole, site, folder)
    (folder / "secrets" / "postgres-password").write_text(password)
    for render in (loki.render, promtail.render):
        for artifact in render(whole, site) if site.has("loki") else ():
            path = folder / "current" / artifact.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(artifact.content)
    for name in BACKENDS + HOST_SIDE:
        (folder / "data" / name).mkdir(parents=True)


if __name__ == "__main__":
    main()
