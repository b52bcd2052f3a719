"""The collector of spans as a real process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from support.servers import free_ports, start, stop, wait_for


@dataclass(frozen=True, slots=True)
class Collector:
    """A running collector: where it takes spans, and where it answers."""

    process: subprocess.Popen[bytes]
    otlp: str
    http: str

    @property
    def endpoint(self) -> str:
        """What exporters are given."""
        return f"http://{self.otlp}"

    def get(self, path: str, **options: str) -> httpx.Response:
        """An answer of its query side."""
        return httpx.get(f"http://{self.http}{path}", params=options, trust_env=False, timeout=5)

    def send(self, body: bytes, **headers: str) -> httpx.Response:
        """An export as an exporter makes it, unless the headers say otherwise."""
        given = {"content-type": "application/x-protobuf", **headers}
        return httpx.post(f"{self.endpoint}/v1/traces", content=body, headers=given, trust_env=False)

    def answers(self) -> bool:
        """Whether it is ready."""
        try:
            return self.get("/ready").is_success
        except httpx.HTTPError:
            return False


@contextmanager
def collector(folder: Path, **settings: str) -> Iterator[Collector]:
    """A collector whose spool lies in the folder."""
    otlp, http = free_ports(2)
    log = folder / "traces.log"
    process = start(
        [sys.executable, "-m", "platform_telemetry.traces"], log=log, cwd=folder,
        environment={
            "PATH": os.environ["PATH"],
            "TRACES_OTLP_LISTEN": f"127.0.0.1:{otlp}",
            "TRACES_LISTEN": f"127.0.0.1:{http}",
            "TRACES_STATE": str(folder / "traces"),
            **settings,
        },
    )  # fmt: skip
    running = Collector(process, f"127.0.0.1:{otlp}", f"127.0.0.1:{http}")
    try:
        wait_for(running.answers, what="the collector answers", log=log)
        yield running
    finally:
        stop(process)
