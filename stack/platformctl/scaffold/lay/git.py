"""The project's git tree: what is laid down should be easy to tell from what was there, and to undo."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from platformctl.errors import PlatformError


def refuse_dirty(root: Path) -> None:
    """Raise PlatformError when there are uncommitted changes. Without git, or outside of it, there are none."""
    if shutil.which("git") is None:
        return
    done = subprocess.run(
        ["git", "status", "--porcelain", "--", "."], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode == 0 and done.stdout.strip():
        first = done.stdout.splitlines()[0][3:]
        raise PlatformError(
            f"There are uncommitted changes ({first}, ...): after a commit everything here is easy to undo",
            where=str(root),
            fix=f"git -C {root} stash   # or: platformctl scaffold-tests {root} --allow-dirty",
        )
