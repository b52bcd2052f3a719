"""The data folders of local processes, as they are copied and put back."""

from __future__ import annotations

import contextlib
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformctl.model.release import Release
from platformctl.render import native
from platformctl.render.native import Process
from platformctl.sinks import tarballs
from platformctl.sinks.native.accounts import find_account, is_root
from platformctl.sinks.native.folders import make_data_folder
from platformctl.sinks.native.layout import Layout
from platformctl.sinks.releases import disk_error
from platformctl.sinks.runtime import PrintedCommand

_FORMER: Final = "before-restore"


@dataclass(frozen=True, kw_only=True, slots=True)
class NativeData:
    """The data of the processes of a release, which is on this machine's file system."""

    layout: Layout
    release: Release

    def units(self) -> tuple[str, ...]:
        """The units whose data folder exists, in start order; one that runs may write to it at its end only."""
        return tuple(unit.name for unit in self.release.units if self._folder(unit.name).is_dir())

    def pack(self, unit: str, target: tarfile.TarFile, *, folder: str = "", leave_out: str = "") -> None:
        """Add the files of a data folder, or of a folder in it."""
        tarballs.add_tree(target, self._folder(unit) / folder, leave_out=leave_out)

    def pack_printed(self, unit: str, target: tarfile.TarFile, command: PrintedCommand, *, into: str) -> None:
        """Run the command on this machine, in the surroundings of the unit's process."""
        environment = dict(self._process(unit).environment)
        for name, secret in command.secrets.items():
            environment[name] = (self.layout.secrets / secret).read_text().strip()
        tarballs.repack_output(command.argv, environment, target, lambda name: f"{into}/{name}")

    def discard(self, unit: str, folder: str) -> None:
        """Delete a folder of its data."""
        shutil.rmtree(self._folder(unit) / folder, ignore_errors=True)

    @contextlib.contextmanager
    def replaced(self, unit: str, part: Path) -> Iterator[None]:
        """Unpack beside the data folder, then change the two; the former one goes at the end, or comes back."""
        process, folder = self._process(unit), self._folder(unit)
        draft, former = (folder.with_name(f".{folder.name}-{word}") for word in ("restoring", _FORMER))
        account = find_account(process.user) if process.user and is_root() else None
        _put_back(former, folder)  # of a restore that was killed
        try:
            shutil.rmtree(draft, ignore_errors=True)
            make_data_folder(draft, account)
            tarballs.unpack(part, draft, (account.uid, account.gid) if account else None)
            if folder.exists():
                folder.rename(former)
            draft.rename(folder)
            yield
        except BaseException as error:
            shutil.rmtree(draft, ignore_errors=True)
            _put_back(former, folder)
            if isinstance(error, OSError):
                raise disk_error(error, folder) from error
            raise
        shutil.rmtree(former, ignore_errors=True)

    def _process(self, unit: str) -> Process:
        return native.parse(self.release.files)[unit]

    def _folder(self, unit: str) -> Path:
        return self.layout.state / self._process(unit).data


def _put_back(former: Path, folder: Path) -> None:
    if former.exists():
        shutil.rmtree(folder, ignore_errors=True)
        former.rename(folder)
