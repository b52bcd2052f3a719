"""Which commit a workspace's definitions are."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

_TIMEOUT_S: Final = 5


def revision(folder: Path) -> str:
    """The short commit, with ``+`` where files differ from it; empty where there is no git or no repository."""
    commit = _git(folder, "rev-parse", "--short=10", "HEAD")
    return f"{commit}+" if commit and _git(folder, "status", "--porcelain", "--", ".") else commit


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
