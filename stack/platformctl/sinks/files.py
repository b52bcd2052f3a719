"""How sinks write to disk: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from platformctl.sinks.releases import disk_error


def make_folder(path: Path, *, mode: int = 0o755) -> None:
    """Make a folder and those above it; an existing one keeps its mode."""
    if path.is_dir():
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(exist_ok=True)
        path.chmod(mode)  # whatever the umask
    except OSError as error:
        raise disk_error(error, path) from error


def write_atomically(path: Path, content: str | bytes, *, mode: int = 0o644) -> None:
    """Replace a file by another with that mode; raises `PlatformError` and keeps the old one when it cannot."""
    draft = None
    try:
        make_folder(path.parent)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, mode)
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(handle)
        Path(draft).replace(path)
    except OSError as error:
        if draft:
            Path(draft).unlink(missing_ok=True)
        raise disk_error(error, path) from error


def switch_link(link: Path, target: str) -> None:
    """Point a symbolic link elsewhere; there is no moment without it."""
    draft = link.with_name(f"{link.name}-draft")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(link)
