"""MinIO as a real process: a bucket that speaks S3."""

from __future__ import annotations

import os
import secrets
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.servers import built, free_ports, start, stop, wait_for


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket: where it answers, the file of its keys as AWS' tools keep them, and its objects on the disk."""

    endpoint: str
    name: str
    credentials: str
    folder: Path


@contextmanager
def bucket(folder: Path, name: str = "platform-logs") -> Iterator[Bucket]:
    """An empty bucket of a MinIO of its own. Skips by name where it is not built."""
    program = built("minio")
    if program is None:
        pytest.skip("no minio on this machine (python scripts/build_servers.py minio)")
    http, console = free_ports(2)
    objects, log = folder / "objects", folder / "minio.log"
    (objects / name).mkdir(parents=True)  # to MinIO every folder of its own is a bucket
    key, secret = secrets.token_hex(8), secrets.token_hex(16)
    process = start(
        [
            program, "server", str(objects),
            "--address", f"127.0.0.1:{http}", "--console-address", f"127.0.0.1:{console}",
        ],
        log=log, cwd=folder,
        environment={
            "PATH": os.environ["PATH"], "HOME": str(folder), "MINIO_BROWSER": "off", "MINIO_UPDATE": "off",
            "MINIO_ROOT_USER": key, "MINIO_ROOT_PASSWORD": secret,
        },
    )  # fmt: skip

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{http}/minio/health/ready", timeout=5):
                return True
        except (urllib.error.URLError, ConnectionError):
            return False

    try:
        wait_for(answers, what="MinIO answers", log=log)
        written = f"[default]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n"
        yield Bucket(f"127.0.0.1:{http}", name, written, objects / name)
    finally:
        stop(process)
