"""Follows a log file that is rotated by renaming, or by copying and truncating: each line once.

A position outlives the process. It names the file by its inode and first bytes, since names change hands.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from io import FileIO
from pathlib import Path
from typing import Final, Self

_CHUNK: Final = 1 << 20
_HEAD: Final = 256


@dataclass(frozen=True, slots=True)
class Position:
    """What has been read: up to `offset` in the file of that inode, whose first bytes have that digest.

    changed_ns: when that file had last been written to, as far as known: rotated files after it are unread.
    """

    inode: int
    offset: int
    head: str
    changed_ns: int


class Follower:
    """Reads whole lines, from one file of the rotation to the next."""

    def __init__(self, path: Path, position: Position | None = None) -> None:
        """Go on at `position`; without one, at the beginning of the oldest file that is there."""
        self._path = path
        self._file: FileIO | None = None
        self._offset = 0
        self._partial = b""
        self._known_until_ns = 0
        self.gaps = 0
        if position is not None:
            self._go_on_at(position)

    def read(self) -> list[bytes]:
        """The next lines, at most about a megabyte; none when there is nothing new."""
        while True:
            if self._file is None and not self._open_first():
                return []
            was_current = self._is_current()
            if lines := self._read_chunk():
                return lines
            if was_current:
                return []  # nothing new; a line may be half written
            if chunk := self._partial:  # nobody will finish it
                self._offset += len(chunk)
                self._partial = b""
                return [chunk]
            self._open_next()

    def position(self) -> Position | None:
        """Where reading goes on; None before there was a file."""
        if self._file is None:
            return None
        status = os.fstat(self._file.fileno())
        return Position(status.st_ino, self._offset, _head(self._file, self._offset), status.st_mtime_ns)

    def unread_bytes(self) -> int:
        """How much is written and not yet handed out."""
        if self._file is None:
            return _size(self._path)
        rest = os.fstat(self._file.fileno()).st_size - self._offset
        if self._is_current():
            return max(0, rest)
        return max(0, rest) + sum(_size(path) for path in (*self._later(), self._path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _go_on_at(self, position: Position) -> None:
        for path in (self._path, *self._rotated()):
            file = _open(path)
            if file is None:
                continue
            if _is_at(file, position):
                self._take(file, position.offset)
                return
            file.close()
        self.gaps += 1
        self._known_until_ns = position.changed_ns

    def _open_first(self) -> bool:
        unread = [path for path in self._rotated() if _changed_ns(path) > self._known_until_ns]
        self._take(_open(unread[0] if unread else self._path))
        return self._file is not None

    def _open_next(self) -> None:
        """The oldest file that was written to after this one."""
        later = self._later()
        file = _open(later[0] if later else self._path)
        if file is not None:  # else it was rotated this very moment, and is a later one when we look again
            self._take(file)

    def _take(self, file: FileIO | None, offset: int = 0) -> None:
        self.close()
        self._file, self._offset, self._partial = file, offset, b""
        if file is not None:
            file.seek(offset)

    def _read_chunk(self) -> list[bytes]:
        assert self._file is not None  # noqa: S101 - for the type checker
        if os.fstat(self._file.fileno()).st_size < self._offset:  # cut: it begins anew
            self._file.seek(0)
            self._offset, self._partial = 0, b""
            self.gaps += 1
        chunk = self._partial + self._file.read(_CHUNK)
        whole, newline, self._partial = chunk.rpartition(b"\n")
        self._offset += len(whole) + len(newline)
        return whole.split(b"\n") if newline else []

    def _is_current(self) -> bool:
        """Whether there is no file after this one; between a rotation and the next line, there is none yet."""
        assert self._file is not None  # noqa: S101 - for the type checker
        named = _inode(self._path)
        return named == os.fstat(self._file.fileno()).st_ino or (named is None and not self._later())

    def _later(self) -> list[Path]:
        """The rotated files after this one, the oldest first."""
        assert self._file is not None  # noqa: S101 - for the type checker
        status, rotated = os.fstat(self._file.fileno()), self._rotated()
        inodes = [_inode(path) for path in rotated]
        if status.st_ino in inodes:
            return rotated[inodes.index(status.st_ino) + 1 :]
        return [path for path in rotated if _changed_ns(path) > status.st_mtime_ns]

    def _rotated(self) -> list[Path]:
        """The rotated files, the oldest first."""
        found = self._path.parent.glob(f"{self._path.stem}-*{self._path.suffix}")
        return sorted(found, key=lambda path: (_changed_ns(path), path.name))


def _open(path: Path) -> FileIO | None:
    try:
        return FileIO(path)
    except FileNotFoundError:
        return None


def _head(file: FileIO, offset: int) -> str:
    return sha256(os.pread(file.fileno(), min(offset, _HEAD), 0)).hexdigest()


def _is_at(file: FileIO, position: Position) -> bool:
    status = os.fstat(file.fileno())
    same = status.st_ino == position.inode and status.st_size >= position.offset
    return same and _head(file, position.offset) == position.head


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
