"""Lay a workspace: the built-in content, for the user to change."""

from __future__ import annotations

import shutil
from pathlib import Path

from platformctl.errors import UsageError
from platformctl.sources.workspace import CONTENT_FOLDERS, built_in_content

_IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc", ".gitkeep")


def lay_workspace(folder: Path) -> int:
    """Copy the content folders into `folder`; returns how many files. Raises rather than overwrite anything."""
    if taken := [name for name in CONTENT_FOLDERS if (folder / name).exists()]:
        raise UsageError(
            f"there is already {taken[0]}/", where=str(folder), fix="name another folder: nothing was written"
        )
    source = built_in_content()
    folder.mkdir(parents=True, exist_ok=True)
    for name in CONTENT_FOLDERS:
        shutil.copytree(source / name, folder / name, ignore=_IGNORED)
    return sum(1 for name in CONTENT_FOLDERS for path in (folder / name).rglob("*") if path.is_file())
