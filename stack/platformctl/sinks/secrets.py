"""The secret files of a workspace: ``secrets/<name>``, made once, never printed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path

from platformctl.sinks.files import make_folder, write_atomically


def ensure(names: Iterable[str], folder: Path) -> frozenset[str]:
    """Give each name a file with a random token (0600) unless it has one; returns all names that exist.

    A file that someone put there keeps its content, but nobody else may read it from now on.
    """
    make_folder(folder, mode=0o700)
    for name in sorted(set(names)):
        path = folder / name
        if path.is_file():
            path.chmod(0o600)
        else:
            write_atomically(path, secrets.token_urlsafe(24), mode=0o600)
    return existing(folder)


def existing(folder: Path) -> frozenset[str]:
    """The names of the secrets that exist."""
    if not folder.is_dir():
        return frozenset()
    return frozenset(
        path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")
    )
