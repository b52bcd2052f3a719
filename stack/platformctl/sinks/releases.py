"""The releases of one workspace: written whole, switched atomically, never changed afterwards."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from platformctl.errors import PlatformError
from platformctl.model.artifact import Artifact
from platformctl.model.release import Release
from platformctl.render import manifest

_KEPT: Final = 10


class ReleaseStore:
    """``<state>/releases/<n>``, the ``current`` link, and the lock of the state folder."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self._releases = state / "releases"

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the workspace for one deployment; raises `PlatformError` when another one holds it."""
        self.state.mkdir(parents=True, exist_ok=True)
        with (self.state / "lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                holder = file.read().strip() or "unknown"
                raise PlatformError(
                    f"another deployment is at work here (process {holder})",
                    where=str(self.state),
                    fix="wait until it has ended, then run the command again",
                ) from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield

    def current(self) -> int | None:
        """The number of the active release; None before the first."""
        return _number(self.state / "current")

    def last_good(self) -> int | None:
        """The number of the release that was verified last; None before the first."""
        return _number(self.state / "last-good")

    def numbers(self) -> tuple[int, ...]:
        """All releases that are kept, oldest first."""
        if not self._releases.is_dir():
            return ()
        return tuple(sorted(int(path.name) for path in self._releases.iterdir() if path.name.isdigit()))

    def files(self, number: int) -> dict[str, Artifact]:
        """The files of a release by path; raises `PlatformError` when it is gone."""
        folder = self._releases / str(number)
        if not folder.is_dir():
            raise PlatformError(f"release {number} is gone", where=str(folder), fix="platformctl deploy")
        return read_tree(folder)

    def load(self, number: int) -> Release:
        """A release as it was staged."""
        return manifest.parse(self.files(number))

    def stage(self, release: Release) -> int:
        """Write a release and return its number; nothing is active yet. A failure leaves no half release."""
        number = max(self.numbers(), default=0) + 1
        target, draft = self._releases / str(number), self._releases / f".draft-{number}"
        shutil.rmtree(draft, ignore_errors=True)
        try:
            write_tree(draft, release.files.values())
            draft.rename(target)
        except OSError as error:
            shutil.rmtree(draft, ignore_errors=True)
            raise disk_error(error, self._releases) from error
        return number

    def activate(self, number: int) -> None:
        """Make a release the current one, atomically."""
        _point(self.state / "current", f"releases/{number}")

    def mark_good(self, number: int) -> None:
        """Remember that a release was verified, and forget the oldest ones beyond ten."""
        _point(self.state / "last-good", f"releases/{number}")
        for old in self.numbers()[:-_KEPT]:
            if old not in (number, self.current()):
                shutil.rmtree(self._releases / str(old))

    def deactivate(self) -> None:
        """Have no active release."""
        (self.state / "current").unlink(missing_ok=True)
        (self.state / "last-good").unlink(missing_ok=True)


def write_tree(folder: Path, artifacts: Iterable[Artifact]) -> None:
    """Write artifacts below `folder`, readable by everyone: they hold no secret."""
    for artifact in artifacts:
        path = folder / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.content)
        path.chmod(0o755 if artifact.executable else 0o644)


def disk_error(error: OSError, where: Path) -> PlatformError:
    """A full disk or a forbidden folder, said so that it can be mended."""
    fix = (
        "free some space, then run the command again" if error.errno in (errno.ENOSPC, errno.EDQUOT) else None
    )
    return PlatformError(f"cannot write: {error.strerror}", where=str(where), fix=fix)


def read_tree(folder: Path) -> dict[str, Artifact]:
    """The files below `folder` by their path in it."""
    return {artifact.path: artifact for artifact in _artifacts(folder)}


def _artifacts(folder: Path) -> Iterator[Artifact]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            executable = bool(path.stat().st_mode & 0o100)
            yield Artifact(path.relative_to(folder).as_posix(), path.read_bytes(), executable=executable)


def _number(link: Path) -> int | None:
    try:
        name = link.readlink().name
    except OSError:
        return None
    return int(name) if name.isdigit() else None


def _point(link: Path, target: str) -> None:
    draft = link.with_name(f".{link.name}-draft")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(link)
