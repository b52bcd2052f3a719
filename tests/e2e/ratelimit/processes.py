"""Programs that a test runs beside itself, ended by their own process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from e2e.ratelimit.servers import wait_until


@contextmanager
def process(*command: str, port: int, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    running = subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: listens(port), seconds=60, what=command[0])
        yield running
    finally:
        running.terminate()
        try:
            running.wait(timeout=10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def uvicorn(target: str, port: int, *options: str) -> list[str]:
    return [sys.executable, "-m", "uvicorn", "--factory", target, "--port", str(port), "--log-level", "error",
            "--no-proxy-headers", *options]  # fmt: skip
