"""Throughput, added latency and CPU of each limiter against the bare app, interleaved in one run.

    python tests/benchmarks/ratelimit/bench.py --rounds 5 --seconds 2 --limits 4

"cpu ratio" is the bare app's CPU time a request over the stack's: the throughput ratio of a machine on which
nothing else runs. Loopback only; needs redis-server and wrk.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
STACKS = (
    "bare", "ping", "ours", "ours-leased", "ours-denied", "limits", "throttled-py",
    "fastapi-limiter", "slowapi",
)  # fmt: skip
SCALE_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Sample:
    rate: float
    p50_ms: float
    p99_ms: float
    server_us: float
    redis_us: float
    other: int  # answers that were not 2xx or 3xx


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(3000):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nothing listens on {port}")


def cpu_us(pid: int) -> float:
    """CPU time of all threads, in microseconds."""
    return sum(
        int(Path(f"/proc/{pid}/task/{task.name}/schedstat").read_text().split()[0]) / 1000
        for task in Path(f"/proc/{pid}/task").iterdir()
    )


def milliseconds(text: str) -> float:
    match = re.fullmatch(r"([\d.]+)(us|ms|s)", text)
    if match is None:
        raise ValueError(text)
    return float(match[1]) * SCALE_MS[match[2]]


def measure(port: int, connections: int, seconds: float, *, server: int, redis: int) -> Sample:
    before = cpu_us(server), cpu_us(redis)
    out = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency", "-H", "x-tenant: acme",
         f"http://127.0.0.1:{port}/data"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    after = cpu_us(server), cpu_us(redis)
    found = re.search(r"(\d+) requests in", out)
    requests = int(found[1]) if found else 0
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    percent = dict(re.findall(r"(\d\d)%\s+(\S+)", out))
    rate = re.search(r"Requests/sec:\s+([\d.]+)", out)
    return Sample(
        rate=float(rate[1]) if rate else 0.0,
        p50_ms=milliseconds(percent["50"]),
        p99_ms=milliseconds(percent["99"]),
        server_us=(after[0] - before[0]) / requests,
        redis_us=(after[1] - before[1]) / requests,
        other=int(refused[1]) if refused else 0,
    )


def serve(stack: str, redis_port: int, limits: int) -> tuple[subprocess.Popen[bytes], int]:
    port = free_port()
    environment = os.environ | {"STACK": stack, "REDIS_PORT": str(redis_port), "LIMITS": str(limits)}
    server = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "apps:app", "--app-dir", str(HERE), "--port", str(port),
         "--log-level", "error", "--no-access-log", "--no-proxy-headers",
         "--loop", "uvloop", "--http", "httptools"],
        env=environment,
    )  # fmt: skip
    return server, port


def run(stacks: list[str], *, levels: list[int], rounds: int, seconds: float, limits: int) -> None:
    redis_port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        redis = subprocess.Popen(
            ["redis-server", "--port", str(redis_port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
            stdout=subprocess.DEVNULL,
        )
        servers: dict[str, tuple[subprocess.Popen[bytes], int]] = {}
        try:
            wait_for(redis_port)
            servers = {stack: serve(stack, redis_port, limits) for stack in stacks}
            for _, port in servers.values():
                wait_for(port)
            samples: dict[tuple[str, int], list[Sample]] = defaultdict(list)
            for number in range(rounds + 1):  # the first round warms up
                for connections in levels:
                    for stack, (server, port) in servers.items():
                        took = seconds if number else 1
                        sample = measure(port, connections, took, server=server.pid, redis=redis.pid)
                        if number:
                            samples[stack, connections].append(sample)
            for connections in levels:
                report(stacks, connections, samples)
        finally:
            for server, _ in servers.values():
                server.terminate()
                server.wait()
            redis.terminate()
            redis.wait()


def report(stacks: list[str], connections: int, samples: dict[tuple[str, int], list[Sample]]) -> None:
    bare = samples["bare", connections]
    print(f"\nc={connections}: medians; ratio and differences against the bare app of the same round")
    heads = ("req/s", "ratio", "cpu ratio", "+p50 ms", "p99 ms", "+cpu us", "redis us", "not 2xx")
    print(f"{'stack':16}" + "".join(f"{head:>10}" for head in heads))
    for stack in stacks:
        mine = samples[stack, connections]
        pairs = list(zip(mine, bare, strict=True))
        print(
            f"{stack:16}"
            f"{median(s.rate for s in mine):10.0f}"
            f"{median(s.rate / b.rate for s, b in pairs):10.2f}"
            f"{median(b.server_us / s.server_us for s, b in pairs):10.2f}"
            f"{median(s.p50_ms - b.p50_ms for s, b in pairs):10.2f}"
            f"{median(s.p99_ms for s in mine):10.2f}"
            f"{median(s.server_us - b.server_us for s, b in pairs):10.0f}"
            f"{median(s.redis_us for s in mine):10.1f}"
            f"{sum(s.other for s in mine):10}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--limits", type=int, default=4, choices=(1, 4))
    parser.add_argument("--levels", type=int, nargs="+", default=[1, 16, 64])
    parser.add_argument("--stacks", nargs="+", default=list(STACKS), choices=STACKS)
    chosen = parser.parse_args()
    stacks = chosen.stacks if "bare" in chosen.stacks else ["bare", *chosen.stacks]
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"load {os.getloadavg()}")
    print(f"{chosen.limits} limits, {chosen.rounds} interleaved rounds of {chosen.seconds} s")
    run(stacks, levels=chosen.levels, rounds=chosen.rounds, seconds=chosen.seconds, limits=chosen.limits)


if __name__ == "__main__":
    main()
