"""Data folders: owned by the account that writes them, and deleted only where they are ours."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.sinks.files import make_folder
from platformctl.sinks.machine import Machine
from platformctl.sinks.native.accounts import Account
from platformctl.sinks.native.layout import Layout
from platformctl.sinks.releases import disk_error


def make_data_folder(path: Path, account: Account | None) -> None:
    """Make the data folder of a process, private to its account.

    Raises `PlatformError` for one that belongs to another account: its files would, too.
    """
    uid = account.uid if account else os.geteuid()
    if not path.exists():
        make_folder(path.parent)
        make_folder(path, mode=0o700)
        if account:
            os.chown(path, account.uid, account.gid)
    owner = path.stat().st_uid
    if owner != uid and not (account is None and uid == 0):
        user = account.name if account else uid
        raise PlatformError(
            f"the data folder belongs to the account {owner}, but the process runs as {user}",
            where=str(path),
            fix=f"sudo chown -R {user}: {path}",
        )


def delete_data(layout: Layout, machine: Machine, elsewhere: Path) -> None:
    """Delete the data folders of every component; secrets, logs and the choice of ports stay.

    A recorded folder outside of `elsewhere` is not one that we made, so it is left alone.
    """
    _delete(layout.data)
    recorded = Path(machine.elsewhere)
    if recorded.parent == elsewhere:
        _delete(recorded / "data")


def _delete(path: Path) -> None:
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise disk_error(error, path) from error
