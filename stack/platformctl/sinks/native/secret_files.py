"""The secrets that components share: made once, at random, readable by nobody else."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from platformctl.sinks.native.accounts import Account
from platformctl.sinks.native.layout import make_folder, write_atomically
from platformctl.sinks.releases import disk_error


def ensure(folder: Path, names: Iterable[str], owners: dict[str, Account]) -> None:
    """Make every secret of `names` that does not exist yet; `owners` are the accounts that must read theirs."""
    make_folder(folder, mode=0o711)
    for name in sorted(set(names)):
        path = folder / name
        if not path.exists():
            write_atomically(path, secrets.token_urlsafe(32), mode=0o600)
        if name in owners:
            _give(path, owners[name])


def present(folder: Path) -> frozenset[str]:
    """The names of the secret files that hold something."""
    if not folder.is_dir():
        return frozenset()
    return frozenset(
        path.name
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith(".") and path.stat().st_size
    )


def move(folder: Path, target: Path) -> None:
    """Keep the secrets in `target` from now on, and leave a link to them."""
    make_folder(target, mode=0o711)
    try:
        if folder.is_symlink():
            folder.unlink()
        elif folder.exists():
            for path in folder.iterdir():
                write_atomically(target / path.name, path.read_text(), mode=0o600)
                path.unlink()
            folder.rmdir()
        folder.symlink_to(target)
    except OSError as error:
        raise disk_error(error, folder) from error


def _give(path: Path, account: Account) -> None:
    if path.stat().st_uid != account.uid:
        os.chown(path, account.uid, account.gid)
