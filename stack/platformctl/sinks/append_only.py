"""Files that are only ever added to, a line at a time: a line is there whole or not at all."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformctl.sinks.files import make_folder
from platformctl.sinks.releases import disk_error


def whole_lines(path: Path) -> tuple[bytes, ...]:
    """The lines of the file; what an interruption left of a last one is none. Empty where there is no file."""
    try:
        return tuple(path.read_bytes().split(b"\n")[:-1])
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise disk_error(error, path) from error


def append_line(path: Path, line: bytes, *, after: int) -> None:
    """Add the line behind the first `after` ones, cutting off what was never finished, and see it on the disk."""
    _write_at(path, sum(len(one) + 1 for one in whole_lines(path)[:after]), line + b"\n")


def start(path: Path) -> None:
    """Have the file, be it empty."""
    if not path.is_file():
        _write_at(path, 0, b"")


def _write_at(path: Path, end: int, content: bytes) -> None:
    try:
        make_folder(path.parent)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.ftruncate(handle, end)
            os.lseek(handle, end, os.SEEK_SET)
            _write_all(handle, content)
            os.fsync(handle)
        finally:
            os.close(handle)
        _sync_folder(path.parent)
    except OSError as error:
        raise disk_error(error, path) from error


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Whoever else wants to write there waits."""
    try:
        make_folder(folder)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise disk_error(error, folder) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write_all(handle: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]


def _sync_folder(folder: Path) -> None:
    """A new file is only there for good when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
