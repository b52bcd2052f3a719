"""What counting the gateway's log costs: CPU per line and per scrape, with many tenants.

python tests/benchmarks/telemetry/edge_counting.py --tenants 10000 --lines 200000
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from platform_telemetry.edge import checkpoint
from platform_telemetry.edge.counts import EdgeCounts
from platform_telemetry.edge.follow import Follower, Position


def lines(tenants: int, count: int) -> list[str]:
    """As the gateway writes them; few tenants send most of it."""
    chance = random.Random(1)
    now = time.time()
    entry = {
        "level": "info", "ts": now, "logger": "http.log.access.log0", "msg": "handled request",
        "request": {"proto": "HTTP/1.1", "method": "GET"}, "bytes_read": 0, "size": 1234,
    }  # fmt: skip
    weights = [1 / (rank + 10) for rank in range(tenants)]
    chosen = chance.choices(range(tenants), weights, k=count)
    return [
        json.dumps(
            {**entry, "duration": chance.expovariate(10), "status": chance.choice((200, 200, 200, 404, 500)),
             "decision": "allowed", "tenant": f"tenant-{number:05}"},
            separators=(",", ":"),
        )
        for number in chosen
    ]  # fmt: skip


def cpu_ms(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def read_all(follower: Follower, counts: EdgeCounts) -> None:
    while found := follower.read():
        counts.add(found)


def one_round(log: Path, everyone: list[bytes], tenants: int) -> tuple[float, float, float, float, int]:
    """CPU (ms) of reading the log, of a scrape after everyone changed, of one after none did, of saving; and MB."""
    counts = EdgeCounts(zero_s=0, most_tenants=tenants)
    with Follower(log) as follower:
        reading = cpu_ms(lambda: read_all(follower, counts))
        position = follower.position() or Position(0, 0, "", 0)
    counts.add(everyone)

    def scrape() -> bytes:
        return counts.text(gaps=0, unread_bytes=0).encode()

    changed, unchanged = cpu_ms(scrape), cpu_ms(scrape)
    saving = cpu_ms(lambda: checkpoint.save(log.with_suffix(".json"), counts, position, gaps=0))
    return reading, changed, unchanged, saving, len(scrape())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()}")
    print(f"{chosen.tenants:,} tenants, {chosen.lines:,} lines a round, median of {chosen.rounds}")
    written = lines(chosen.tenants, chosen.lines)
    first = json.loads(written[0])
    everyone = [json.dumps({**first, "tenant": f"tenant-{n:05}"}).encode() for n in range(chosen.tenants)]
    with tempfile.TemporaryDirectory() as name:
        log = Path(name) / "access.log"
        log.write_text("\n".join(written) + "\n")
        rounds = [one_round(log, everyone, chosen.tenants) for _ in range(chosen.rounds)]
    reading, changed, unchanged, saving, size = (median(column) for column in zip(*rounds, strict=True))
    print(f"a line            {reading / chosen.lines * 1000:8.2f} µs of CPU")
    print(f"a scrape          {changed:8.1f} ms of CPU when every tenant has changed, {size / 1e6:.1f} MB")
    print(f"a scrape          {unchanged:8.1f} ms of CPU when none has")
    print(f"keeping the place {saving:8.1f} ms of CPU, every five seconds")


if __name__ == "__main__":
    main()
