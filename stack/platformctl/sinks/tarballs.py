"""Tar files of data folders: plain files and folders, by paths that stay inside."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import IO, Final

from platformctl.errors import PlatformError

_PERMISSIONS: Final = 0o777


def add_tree(target: tarfile.TarFile, folder: Path, *, leave_out: str = "") -> None:
    """Add what is in `folder`, by its path in it; of its folder `leave_out` only the bare folder."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if not is_below(name.as_posix(), leave_out):
            add_file(target, path, name=name.as_posix())


def is_below(name: str, folder: str) -> bool:
    """Whether a path leads into the folder; to the folder itself it does not, and into none without a name."""
    return bool(folder) and name.startswith(f"{folder}/")


def add_file(target: tarfile.TarFile, path: Path, *, name: str) -> None:
    """Add one file or folder; a socket is left out, as nothing of it outlives its process."""
    if path.is_socket():
        return
    member = target.gettarinfo(path, arcname=name)
    if member.islnk():  # another name of a file that is in already: added as a file of its own
        member.type, member.size = tarfile.REGTYPE, path.stat().st_size
    refuse_odd(member, where=str(path))
    if member.isreg():
        with path.open("rb") as content:
            target.addfile(member, content)
    else:
        target.addfile(member)


def repack(source: IO[bytes], target: tarfile.TarFile, rename: Callable[[str], str]) -> None:
    """Add the members of a tar that comes as a stream; those that `rename` gives no name are left out."""
    with tarfile.open(fileobj=source, mode="r|") as stream:
        for member in stream:
            name = rename(PurePosixPath(member.name).as_posix())
            if name in ("", "."):
                continue
            refuse_odd(member, where=member.name)
            member.name = name
            target.addfile(member, stream.extractfile(member))


def repack_output(
    command: Sequence[str],
    environment: Mapping[str, str],
    target: tarfile.TarFile,
    rename: Callable[[str], str],
) -> None:
    """As `repack`, for what a command prints; raises `PlatformError` with its words when it fails."""
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(
                list(command), env=dict(environment), cwd="/",
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said,
            )  # fmt: skip
        except OSError as error:
            raise PlatformError(f"{command[0]} cannot be started: {error.strerror}") from error
        broken = ""
        with process:  # leaving it closes the pipe, so that the command ends, too
            try:
                repack(process.stdout or io.BytesIO(), target, rename)
            except tarfile.ReadError as error:
                broken = f"it printed no whole tar ({error})"
        said.seek(0)
        words = " / ".join(said.read().decode(errors="replace").split("\n")).strip(" /")
    if process.returncode != 0 or broken:
        raise PlatformError(f"`{' '.join(command[:2])}` failed: {words or broken}")


def members(source: tarfile.TarFile, *, where: str) -> Iterator[tarfile.TarInfo]:
    """The members; raises `PlatformError` at the first that is no plain file or folder, or leaves the folder."""
    for member in source:
        refuse_odd(member, where=where)
        yield member


def unpack(part: Path, folder: Path, owner: tuple[int, int] | None) -> None:
    """Write the members of a compressed tar below an empty folder; `owner`: the uid and gid they get, if any."""
    with tarfile.open(part, mode="r|gz") as source:
        for member in members(source, where=str(part)):
            target = folder / member.name
            content = source.extractfile(member)
            if content is None:
                target.mkdir(parents=True, exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as file:
                    shutil.copyfileobj(content, file)
            target.chmod(member.mode & _PERMISSIONS)
            if owner:
                os.chown(target, *owner)


def refuse_odd(member: tarfile.TarInfo, *, where: str) -> None:
    """Raise `PlatformError` for a link, a device, or a path that leads out of the folder."""
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts:
        raise PlatformError(f"the path {member.name!r} leads out of its folder", where=where)
    if not (member.isreg() or member.isdir()):
        raise PlatformError(f"{member.name!r} is neither a file nor a folder", where=where)
