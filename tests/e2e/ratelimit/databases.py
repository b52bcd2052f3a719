"""A real PostgreSQL and a real SQLite file for the limiter's tests."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

import pytest
from e2e.ratelimit.servers import wait_until
from support.servers import free_port

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


class PostgresServer:
    """A server in a folder of its own; as root it runs as the user postgres, for it refuses root."""

    def __init__(self) -> None:
        if not BINARIES:
            pytest.skip("PostgreSQL is not installed in /usr/lib/postgresql")
        self.bin, self.port = BINARIES[0], free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="ratelimit-pg-"))
        self.data = self.folder / "data"
        self.process: subprocess.Popen[bytes] | None = None
        self._as = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        self.user = "postgres" if self._as else getpass.getuser()

    @property
    def url(self) -> str:
        return f"postgresql+asyncpg://{self.user}@127.0.0.1:{self.port}/postgres"

    def __enter__(self) -> Self:
        if self._as:
            shutil.chown(self.folder, "postgres", "postgres")
        subprocess.run(
            [*self._as, str(self.bin / "initdb"), "-D", str(self.data), "-A", "trust", "--no-sync"],
            check=True, capture_output=True, cwd="/",
        )  # fmt: skip
        self.process = subprocess.Popen(
            [*self._as, str(self.bin / "postgres"), "-D", str(self.data),
             "-p", str(self.port), "-h", "127.0.0.1",
             "-k", str(self.folder), "-F"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
        )  # fmt: skip
        wait_until(self._is_ready, seconds=30, what="PostgreSQL")
        return self

    def _is_ready(self) -> bool:
        probe = [str(self.bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(probe).returncode == 0

    def __exit__(self, *_: object) -> None:
        stop = [*self._as, str(self.bin / "pg_ctl"), "-D", str(self.data), "-m", "immediate", "stop"]
        subprocess.run(stop, check=False, capture_output=True, cwd="/")
        if self.process is not None:
            self.process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)
