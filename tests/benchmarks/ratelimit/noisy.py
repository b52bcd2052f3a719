"""Noisy neighbour: one tenant floods at twenty times its limit beside a storm of addresses.

    python tests/benchmarks/ratelimit/noisy.py --seconds 10 --plot noisy.svg

Five well-behaved tenants send at a steady rate, first alone, then beside the flood. Printed: offered, admitted,
denied, wrongly limited, and the neighbours' latency. Loopback only; needs redis-server.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench import free_port, serve, wait_for
from outage import percentile

TENANT_LIMIT, IP_LIMIT, GOOD_RATE = 20, 5, 10


@dataclass
class Seen:
    """What one kind of client got."""

    statuses: Counter[int] = field(default_factory=Counter)
    times_ms: list[float] = field(default_factory=list)


class Client:
    """Requests at a steady rate over a few kept connections, each waiting for its turn."""

    def __init__(self, port: int, seen: Seen, headers: Iterator[str], *, path: str = "/data") -> None:
        self._port, self._seen, self._headers, self._path = port, seen, headers, path
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def run(self, *, rate: float, seconds: float) -> None:
        started, tasks = time.perf_counter(), []
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(self._one(next(self._headers))))
        await asyncio.gather(*tasks)
        for _, writer in self._idle:
            writer.close()

    async def _one(self, header: str) -> None:
        started = time.perf_counter()
        reader, writer = (
            self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._port)
        )
        writer.write(f"GET {self._path} HTTP/1.1\r\nhost: x\r\n{header}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.partition(b"content-length: ")[2].split(b"\r\n")[0]))
        self._seen.times_ms.append((time.perf_counter() - started) * 1000)
        self._seen.statuses[int(head.split()[1])] += 1
        self._idle.append((reader, writer))


def always(header: str) -> Iterator[str]:
    while True:
        yield header


def addresses() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"x-forwarded-for: 198.51.{number % 40}.1"


async def neighbours(port: int, seconds: float) -> Seen:
    seen = Seen()
    clients = [Client(port, seen, always(f"x-tenant: good{number}")) for number in range(5)]
    await asyncio.gather(*(client.run(rate=GOOD_RATE, seconds=seconds) for client in clients))
    return seen


async def flood(port: int, seconds: float) -> None:
    """Run in a process of its own, so that the flood does not slow down the neighbours' clock."""
    noisy, storm = Seen(), Seen()
    await asyncio.gather(
        Client(port, noisy, always("x-tenant: noisy")).run(rate=20 * TENANT_LIMIT, seconds=seconds),
        Client(port, storm, addresses()).run(rate=200, seconds=seconds),
    )
    print_row("flood", noisy, f"its limit: {TENANT_LIMIT} a second")
    print_row("addresses", storm, f"40 addresses, {IP_LIMIT} a second each")


def print_row(name: str, seen: Seen, remark: str) -> None:
    offered, admitted, denied = sum(seen.statuses.values()), seen.statuses[200], seen.statuses[429]
    times = seen.times_ms
    print(
        f"{name:12}{offered:9}{admitted:9}{denied:9}{offered - admitted - denied:7}"
        f"{median(times):9.2f}{percentile(times, 0.99):9.2f}  {remark}",
        flush=True,
    )


def plot(path: Path, quiet: Seen, noisy: Seen) -> None:
    """The neighbours' latency by percentile, quiet and beside the flood, as an SVG."""
    shares = [number / 100 for number in range(100)]
    top = max(percentile(quiet.times_ms, 0.99), percentile(noisy.times_ms, 0.99)) * 1.1
    lines = []
    for seen, colour in ((quiet, "#2a7"), (noisy, "#c33")):
        points = " ".join(
            f"{40 + share * 600:.0f},{300 - percentile(seen.times_ms, share) / top * 280:.0f}"
            for share in shares
        )
        lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
    text = f'<text x="45" y="20">neighbours by percentile, top {top:.1f} ms; green quiet, red beside the flood</text>'
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="660" height="320" font-family="sans-serif" font-size="13">'
    path.write_text(f"{svg}{text}{''.join(lines)}</svg>\n")


def measure(port: int, seconds: float) -> tuple[Seen, Seen]:
    print(f"{'':12}{'offered':>9}{'admitted':>9}{'denied':>9}{'other':>7}{'p50 ms':>9}{'p99 ms':>9}")
    quiet = asyncio.run(neighbours(port, seconds))
    print_row("quiet", quiet, "5 tenants at half their limit")
    beside = subprocess.Popen([sys.executable, __file__, "--flood", str(port), "--seconds", str(seconds + 1)])
    time.sleep(0.5)
    noisy = asyncio.run(neighbours(port, seconds))
    beside.wait()
    print_row("beside", noisy, "the same five")
    success = noisy.statuses[200] / sum(noisy.statuses.values())
    added = percentile(noisy.times_ms, 0.99) - percentile(quiet.times_ms, 0.99)
    print(f"wrongly limited: {noisy.statuses[429]}; success {success:.2%}; p99 changed by {added:+.2f} ms")
    return quiet, noisy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--flood", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.flood:
        asyncio.run(flood(chosen.flood, chosen.seconds))
        return
    print(f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()}")
    redis_port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        redis = subprocess.Popen(
            ["redis-server", "--port", str(redis_port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
            stdout=subprocess.DEVNULL,
        )
        server, port = serve("noisy", redis_port, 4)
        try:
            wait_for(redis_port)
            wait_for(port)
            quiet, noisy = measure(port, chosen.seconds)
            if chosen.plot:
                plot(chosen.plot, quiet, noisy)
        finally:
            for one in (server, redis):
                one.terminate()
                one.wait()


if __name__ == "__main__":
    main()
