"""What requests of 20 ms notice while Redis decides, while it hangs (SIGSTOP), and when it is back.

    python tests/benchmarks/ratelimit/outage.py --seconds 6 --rate 200

An open loop sends requests at a steady rate to the app with and without the limiter (default deadline 8 ms);
Redis is stopped for the middle third. Loopback only; needs redis-server.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import signal
import subprocess
import tempfile
import time
from statistics import median

import httpx
from bench import free_port, serve, wait_for

PHASES = ("before", "hung", "after")


async def load(port: int, *, rate: float, seconds: float, redis: int) -> dict[str, list[tuple[float, int]]]:
    """Latency (ms) and status of each request, by phase; Redis is stopped in the middle one."""
    results: dict[str, list[tuple[float, int]]] = {phase: [] for phase in PHASES}
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=10) as http:

        async def one(phase: str) -> None:
            started = time.perf_counter()
            answer = await http.get("/data", headers={"x-tenant": "acme"})
            results[phase].append(((time.perf_counter() - started) * 1000, answer.status_code))

        await asyncio.gather(*(http.get("/data", headers={"x-tenant": "acme"}) for _ in range(20)))
        tasks = []
        for phase in PHASES:
            if phase == "hung":
                os.kill(redis, signal.SIGSTOP)
            elif phase == "after":
                os.kill(redis, signal.SIGCONT)
            for _ in range(int(rate * seconds / 3)):
                tasks.append(asyncio.create_task(one(phase)))
                await asyncio.sleep(1 / rate)
        await asyncio.gather(*tasks)
    return results


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def report(stack: str, results: dict[str, list[tuple[float, int]]]) -> None:
    for phase, rows in results.items():
        times = [ms for ms, _ in rows]
        errors = sum(status >= 500 for _, status in rows)
        print(
            f"{stack:12}{phase:8}{len(rows):8}{errors:8}{median(times):10.2f}"
            f"{percentile(times, 0.99):10.2f}{max(times):10.2f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--work-ms", type=float, default=20, help="what the route itself takes")
    chosen = parser.parse_args()
    os.environ["WORK_MS"], os.environ["DEADLINE_S"] = str(chosen.work_ms), "0.008"
    print(f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()}")
    print(f"{chosen.rate:g} requests a second, each works {chosen.work_ms:g} ms, 4 limits, deadline 8 ms")
    print(f"{'stack':12}{'Redis':8}{'requests':>8}{'5xx':>8}{'p50 ms':>10}{'p99 ms':>10}{'max ms':>10}")
    redis_port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        redis = subprocess.Popen(
            ["redis-server", "--port", str(redis_port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_for(redis_port)
            for stack in ("bare", "ours", "ours-leased"):
                server, port = serve(stack, redis_port, 4)
                try:
                    wait_for(port)
                    job = load(port, rate=chosen.rate, seconds=chosen.seconds, redis=redis.pid)
                    report(stack, asyncio.run(job))
                finally:
                    server.terminate()
                    server.wait()
        finally:
            redis.kill()
            redis.wait()


if __name__ == "__main__":
    main()
