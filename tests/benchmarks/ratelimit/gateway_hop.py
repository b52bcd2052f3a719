"""What the gateway and its decision cost a request, while Redis decides and while it hangs.

    python tests/benchmarks/ratelimit/gateway_hop.py --seconds 10 --rate 50

Requests alternate between a small backend and the gateway before it, so that both see the same machine; Redis is
stopped (SIGSTOP) in the second half. Loopback only.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2]))

import jwt
from noisy import Client, Seen, always
from outage import percentile
from redis import Redis
from support import demo, edge, servers

Message = MutableMapping[str, object]


async def backend(
    _scope: Message, _receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """An ASGI application that answers at once."""
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


async def both(direct: int, gateway: int, header: str, *, rate: float, seconds: float) -> tuple[Seen, Seen]:
    bare, limited = Seen(), Seen()
    await asyncio.gather(
        Client(direct, bare, always(header), path="/api/x").run(rate=rate, seconds=seconds),
        Client(gateway, limited, always(header), path="/api/x").run(rate=rate, seconds=seconds),
    )
    return bare, limited


def report(phase: str, bare: Seen, limited: Seen) -> None:
    added = [percentile(limited.times_ms, share) - percentile(bare.times_ms, share) for share in (0.5, 0.99)]
    print(
        f"{phase:8} direct p50 {median(bare.times_ms):6.2f} p99 {percentile(bare.times_ms, 0.99):6.2f} ms"
        f"   gateway p50 {median(limited.times_ms):6.2f} p99 {percentile(limited.times_ms, 0.99):6.2f} ms"
        f"   added p50 {added[0]:+.2f} p99 {added[1]:+.2f} ms   worst {max(limited.times_ms):.1f} ms"
        f"   {dict(limited.statuses)}",
        flush=True,
    )


def measure(direct: int, gateway: int, redis: str, *, rate: float, seconds: float) -> None:
    claims = {"tenant": "nordwind", "exp": time.time() + 3600}
    header = f"authorization: Bearer {jwt.encode(claims, demo.IDENTITY_KEY, algorithm='HS256')}"
    with Redis.from_url(f"redis://{redis}") as client:
        pid = int(client.info("server")["process_id"])
    asyncio.run(both(direct, gateway, header, rate=rate, seconds=2))  # warm
    for _ in range(2):
        report("decides", *asyncio.run(both(direct, gateway, header, rate=rate, seconds=seconds / 2)))
        os.kill(pid, signal.SIGSTOP)
        try:
            report("hangs", *asyncio.run(both(direct, gateway, header, rate=rate, seconds=seconds / 2)))
        finally:
            os.kill(pid, signal.SIGCONT)
            time.sleep(2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="of each of two rounds")
    parser.add_argument("--rate", type=float, default=50)
    chosen = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()}")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = stack.enter_context(servers.postgres())
        redis = stack.enter_context(servers.redis())
        port = servers.free_port()
        command = [
            sys.executable, "-m", "uvicorn", "gateway_hop:backend", "--app-dir", str(Path(__file__).parent),
            "--port", str(port), "--no-access-log", "--log-level", "error",
        ]  # fmt: skip
        stack.callback(servers.stop, servers.start(command, log=folder / "backend.log"))
        servers.wait_for(
            lambda: servers.accepts(port), what="the backend listens", log=folder / "backend.log"
        )
        limiter = stack.enter_context(edge.limiter(postgres, redis, folder))
        gateway = stack.enter_context(edge.gateway([limiter.address], f"127.0.0.1:{port}", folder))
        door = int(gateway.http.rpartition(":")[2])
        measure(port, door, redis, rate=chosen.rate, seconds=chosen.seconds)


if __name__ == "__main__":
    main()
