"""Noisy neighbour on the demo platform: gateway, decision service, API, PostgreSQL and Redis, all real.

    python tests/benchmarks/ratelimit/noisy_neighbour_demo.py --seconds 15 --plot noisy.svg

Five tenants send at a steady rate through the gateway, first alone, then while the trial tenant `pop-up-shop` floods
at twenty times its limit and a storm of forty addresses without a token runs beside it. Loopback only.
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
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from noisy import Client, Seen, addresses, always, plot, print_row
from outage import percentile
from support import demo, edge, servers

GOOD = ("grand-hotel", "nordwind", "iron-temple", "lumiere", "marktplatz")
GOOD_RATE = 4  # requests a second each, far below the limits of gold and platinum
NOISY, NOISY_LIMIT = "pop-up-shop", 10  # requests a second that its tier admits
STORM_RATE = 100
PATH = "/api/records"


def bearer(token: str) -> str:
    return f"authorization: Bearer {token}"


async def neighbours(port: int, tokens: list[str], seconds: float) -> Seen:
    seen = Seen()
    clients = [Client(port, seen, always(bearer(token)), path=PATH) for token in tokens]
    await asyncio.gather(*(client.run(rate=GOOD_RATE, seconds=seconds) for client in clients))
    return seen


async def flood(port: int, token: str, seconds: float) -> None:
    """In a process of its own, so that the flood does not slow down the neighbours' clock."""
    noisy, storm = Seen(), Seen()
    await asyncio.gather(
        Client(port, noisy, always(bearer(token)), path=PATH).run(rate=20 * NOISY_LIMIT, seconds=seconds),
        Client(port, storm, addresses(), path=PATH).run(rate=STORM_RATE, seconds=seconds),
    )
    print_row("flood", noisy, f"{NOISY}: {NOISY_LIMIT} a second, 60 a minute")
    print_row("addresses", storm, "40 addresses, without a token: 401 where admitted")


def measure(port: int, tokens: list[str], noisy_token: str, seconds: float) -> tuple[Seen, Seen]:
    print(f"{'':12}{'offered':>9}{'admitted':>9}{'denied':>9}{'other':>7}{'p50 ms':>9}{'p99 ms':>9}")
    asyncio.run(neighbours(port, tokens, 2))  # warm
    quiet = asyncio.run(neighbours(port, tokens, seconds))
    print_row("quiet", quiet, f"{len(tokens)} tenants, {GOOD_RATE} a second each")
    command = [sys.executable, __file__, "--flood", str(port), "--seconds", str(seconds + 1)]
    beside = subprocess.Popen([*command, "--token-from-stdin"], stdin=subprocess.PIPE, text=True)
    if beside.stdin is not None:
        beside.stdin.write(noisy_token)
        beside.stdin.close()
    time.sleep(0.5)
    noisy = asyncio.run(neighbours(port, tokens, seconds))
    beside.wait()
    print_row("beside", noisy, "the same")
    return quiet, noisy


def verdict(quiet: Seen, noisy: Seen) -> None:
    success = noisy.statuses[200] / sum(noisy.statuses.values())
    changes = [
        percentile(noisy.times_ms, share) - percentile(quiet.times_ms, share) for share in (0.5, 0.95, 0.99)
    ]
    shown = ", ".join(f"p{p} {change:+.2f} ms" for p, change in zip((50, 95, 99), changes, strict=True))
    kept = success >= 0.999 and changes[-1] <= 10
    print(f"wrongly limited: {noisy.statuses[429]}; success {success:.2%}; {shown}")
    print("promise kept" if kept else "PROMISE BROKEN", "(99.9% success, p99 within 10 ms of the quiet run)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--flood", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--token-from-stdin", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.flood:
        asyncio.run(flood(chosen.flood, sys.stdin.read(), chosen.seconds))
        return
    print(f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()}")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = stack.enter_context(servers.postgres())
        redis = stack.enter_context(servers.redis())
        api = stack.enter_context(demo.ready_api(postgres, redis, folder))
        limiter = stack.enter_context(edge.limiter(postgres, redis, folder))
        gateway = stack.enter_context(edge.gateway([limiter.address], api.address, folder))
        tokens = [demo.user_of(api, tenant).token for tenant in GOOD]
        port = int(gateway.balancer.rpartition(":")[2])
        quiet, noisy = measure(port, tokens, demo.user_of(api, NOISY).token, chosen.seconds)
        verdict(quiet, noisy)
        if chosen.plot:
            plot(chosen.plot, quiet, noisy)


if __name__ == "__main__":
    main()
