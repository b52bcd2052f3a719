"""Secrets that another account must read, and that may have to live where it can."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from platformctl.sinks.files import make_folder, write_atomically
from platformctl.sinks.native.accounts import Account
from platformctl.sinks.releases import disk_error

_ENTERED_NOT_LISTED: Final = 0o711


def share(folder: Path, owners: Mapping[str, Account]) -> None:
    """Give each named secret to the account that must read it; it stays closed to all others."""
    if not owners:
        return
    folder.chmod(_ENTERED_NOT_LISTED)
    for name, account in owners.items():
        path = folder / name
        if path.stat().st_uid != account.uid:
            os.chown(path, account.uid, account.gid)


def move(folder: Path, target: Path) -> None:
    """Keep the secrets in `target` from now on, and leave a link to it."""
    if folder.is_symlink() and folder.readlink() == target:
        return
    make_folder(target, mode=_ENTERED_NOT_LISTED)
    try:
        if folder.is_dir() and not folder.is_symlink():
            for path in folder.iterdir():
                write_atomically(target / path.name, path.read_text(), mode=0o600)
                path.unlink()
            folder.rmdir()
        folder.unlink(missing_ok=True)
        folder.symlink_to(target)
    except OSError as error:
        raise disk_error(error, folder) from error
