"""Write a synthetic history as blocks, and serve it by a real Prometheus. Imports none of platformctl."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from support.servers import free_port

Minute = int


@dataclass(frozen=True)
class Recorded:
    """One series: its name with labels, and its values by minute (minutes since 1970)."""

    series: str
    values: Mapping[Minute, int]


def write_openmetrics(path: Path, recorded: Iterable[Recorded], *, second: int = 7) -> None:
    """The series as OpenMetrics text, each sample `second` seconds into its minute, as rules record them."""
    with path.open("w") as out:
        for one in sorted(recorded, key=lambda r: r.series):
            series = one.series.replace(", ", ",")  # OpenMetrics allows no space there
            out.writelines(
                f"{series} {value} {minute * 60 + second}\n" for minute, value in sorted(one.values.items())
            )
        out.write("# EOF\n")


def make_blocks(openmetrics: Path, folder: Path) -> None:
    subprocess.run(
        [
            "promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", "--max-block-duration=744h",
            str(openmetrics), str(folder),
        ],
        check=True, capture_output=True,
    )  # fmt: skip


@contextlib.contextmanager
def serving(folder: Path, *, config: str = "{}", flags: tuple[str, ...] = ()) -> Iterator[str]:
    """The URL of a Prometheus that serves the blocks in `folder`."""
    (folder / "prometheus.yml").write_text(config)
    port = free_port()
    with (folder / "prometheus.log").open("w") as log:
        process = subprocess.Popen(
            [
                "prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}",
                "--storage.tsdb.retention.time=20y", f"--web.listen-address=127.0.0.1:{port}",
                *flags,
            ],
            stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}/-/ready", process, folder / "prometheus.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError(f"prometheus ended: {log.read_text()[-500:]}")
        with contextlib.suppress(OSError):
            try:
                with urllib.request.urlopen(url, timeout=1):
                    return
            except urllib.error.HTTPError as answer:
                if answer.code == 401:  # it is up, and lets nobody in
                    return
        time.sleep(0.1)
    raise AssertionError(f"prometheus was not ready within 30 s: {log.read_text()[-500:]}")


def missing() -> str | None:
    """Which server is not installed."""
    return next((name for name in ("prometheus", "promtool") if not shutil.which(name)), None)
