"""The version a program names when asked."""

from __future__ import annotations

import re
import subprocess
from typing import Final

_VERSION: Final = re.compile(r"\d+(?:\.\d+)+[\w.+~-]*")
_TIMEOUT_S: Final = 5.0


def program_version(program: str, argv: tuple[str, ...]) -> str:
    """The first thing like a version in what `program` prints; empty where it gives none."""
    try:
        done = subprocess.run(
            (program, *argv),
            check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=_TIMEOUT_S,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = _VERSION.search(done.stdout.decode(errors="replace"))
    return found[0] if found else ""
