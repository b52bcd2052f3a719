"""Thanos and Mimir, run for real over blocks of a known history. Imports none of platformctl."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import berlin_week
import history_files
from history_files import Minute, Recorded
from support.servers import free_port, program, start, stop, wait_for

PATIENCE_S = 120
_RINGS = (
    "ingester.ring", "distributor.ring", "compactor.ring", "store-gateway.sharding-ring", "ruler.ring",
    "querier.ring", "query-scheduler.ring", "overrides-exporter.ring",
)  # fmt: skip


def blocks_of(
    folder: Path, recorded: Iterable[Recorded], *, second: int, keep: Callable[[Minute], bool]
) -> Path:
    """Blocks of what a Prometheus recorded in the minutes in which it ran, some seconds into each."""
    folder.mkdir(parents=True)
    ran = (Recorded(r.series, {m: v for m, v in r.values.items() if keep(m)}) for r in recorded)
    history_files.write_openmetrics(folder / "week.om", (r for r in ran if r.values), second=second)
    history_files.make_blocks(folder / "week.om", folder / "data")
    return folder / "data"


def answers(url: str) -> bool:
    """Whether a GET succeeds."""
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
        return True
    return False


def all_of(_: Minute) -> bool:
    """A Prometheus that was never away."""
    return True


def week_blocks(folder: Path, *, second: int = 7, keep: Callable[[Minute], bool] = all_of) -> Path:
    """Blocks of the week of known truth."""
    return blocks_of(folder, berlin_week.recorded(), second=second, keep=keep)


@dataclass
class Thanos:
    """A querier over sidecars, each beside a Prometheus of its own."""

    folder: Path
    program: str
    _running: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def sidecar(self, name: str, blocks: Path) -> tuple[str, subprocess.Popen[bytes]]:
        """The gRPC address of a sidecar, and its process; its Prometheus is the replica `name`."""
        labels = f"global: {{external_labels: {{cluster: berlin, replica: {name}}}}}"
        url = self._running.enter_context(history_files.serving(blocks, config=labels))
        grpc = f"127.0.0.1:{free_port()}"
        process = self._start(
            f"sidecar-{name}", "sidecar", f"--prometheus.url={url}", f"--tsdb.path={blocks}",
            f"--grpc-address={grpc}",
        )  # fmt: skip
        return grpc, process

    def querier(self, *flags: str) -> str:
        """The URL of a querier with these flags."""
        http, grpc = (f"127.0.0.1:{free_port()}" for _ in range(2))
        self._start("query", "query", f"--grpc-address={grpc}", *flags, http=http)
        return f"http://{http}"

    def close(self) -> None:
        """End everything that was started."""
        self._running.close()

    def _start(self, name: str, *arguments: str, http: str = "") -> subprocess.Popen[bytes]:
        http = http or f"127.0.0.1:{free_port()}"
        log = self.folder / f"{name}.log"
        process = start([self.program, *arguments, f"--http-address={http}"], log=log)
        self._running.callback(stop, process)
        wait_for(
            lambda: answers(f"http://{http}/-/ready"), what=f"{name} is ready", seconds=PATIENCE_S, log=log
        )
        return process


@contextlib.contextmanager
def thanos(folder: Path) -> Iterator[Thanos]:
    """Nothing of it runs at first."""
    found = Thanos(folder, program("thanos", "python scripts/build_servers.py thanos"))
    try:
        yield found
    finally:
        found.close()


@contextlib.contextmanager
def mimir(folder: Path, blocks: Mapping[str, Path]) -> Iterator[str]:
    """The URL of a Mimir in whose bucket each organisation has its blocks."""
    binary = program("mimir", "python scripts/build_servers.py mimir")
    for organisation, made in blocks.items():
        for block in made.glob("*/meta.json"):
            shutil.copytree(block.parent, folder / "bucket" / organisation / block.parent.name)
    http, grpc = free_port(), free_port()
    command = [
        binary, "-target=all", "-usage-stats.enabled=false", f"-activity-tracker.filepath={folder}/activity",
        f"-server.http-listen-port={http}", f"-server.grpc-listen-port={grpc}",
        *(f"-server.{kind}-listen-address=127.0.0.1" for kind in ("http", "grpc")),
        *(f"-{ring}.store=inmemory" for ring in (*_RINGS, "ingester.partition-ring")),
        *(f"-{ring}.instance-addr=127.0.0.1" for ring in (*_RINGS, "query-frontend")),
        *(f"-{ring}.replication-factor=1" for ring in ("ingester.ring", "store-gateway.sharding-ring")),
        "-memberlist.bind-addr=127.0.0.1", f"-memberlist.bind-port={free_port()}",
        f"-blocks-storage.filesystem.dir={folder}/bucket", f"-blocks-storage.tsdb.dir={folder}/tsdb",
        f"-blocks-storage.bucket-store.sync-dir={folder}/sync", f"-compactor.data-dir={folder}/compactor",
        f"-ruler-storage.filesystem.dir={folder}/rules", f"-ruler.rule-path={folder}/rule-files",
        # What was put into the bucket by hand is seen at once, and asked for whatever its age.
        "-compactor.cleanup-interval=2s", "-blocks-storage.bucket-store.sync-interval=2s",
        "-querier.query-store-after=0s", "-compactor.blocks-retention-period=0",
    ]  # fmt: skip
    log = folder / "mimir.log"
    process = start(command, log=log, cwd=folder)
    try:
        url = f"http://127.0.0.1:{http}"
        wait_for(lambda: answers(f"{url}/ready"), what="Mimir is ready", seconds=PATIENCE_S, log=log)
        yield f"{url}/prometheus"
    finally:
        stop(process)
