"""Log files of processes: opened and turned over at a start, read and followed afterwards."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from platformctl.errors import PlatformError
from platformctl.sinks.files import make_folder
from platformctl.sinks.native.layout import Layout
from platformctl.sinks.native.waiting import Clock
from platformctl.sinks.releases import disk_error

_LARGE_BYTES: Final = 10_000_000
_BLOCK_BYTES: Final = 65_536
_POLL_S: Final = 0.2


def open_log(path: Path) -> IO[bytes]:
    """A log file to append to; a large one is first set aside as ``<name>.log.1``, in place of the former."""
    make_folder(path.parent)
    try:
        if path.exists() and path.stat().st_size > _LARGE_BYTES:
            path.replace(path.with_name(f"{path.name}.1"))
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        raise disk_error(error, path) from error
    return os.fdopen(handle, "ab", buffering=0)


def last_lines(path: Path, count: int, *, since: int = 0) -> list[str]:
    """The last `count` lines, of those from the byte `since` on; none of a missing file."""
    try:
        with path.open("rb") as file:
            return _last_lines(file, count, since=since)
    except FileNotFoundError:
        return []


def lines(layout: Layout, name: str, *, tail: int, follow: bool, clock: Clock) -> Iterator[str]:
    """The last `tail` lines of a component; with `follow` those to come, across a turn-over of the file."""
    path = layout.log(name)
    if name not in _names(layout):
        known = ", ".join(_names(layout)) or "none yet"
        raise PlatformError(
            f"there is no log of {name!r}", where=str(layout.logs), fix=f"name one of: {known}"
        )
    return _follow(path, tail, clock) if follow else iter(last_lines(path, tail))


def _names(layout: Layout) -> list[str]:
    return sorted(path.stem for path in layout.logs.glob("*.log"))


def _follow(path: Path, tail: int, clock: Clock) -> Iterator[str]:
    file = path.open("rb")
    try:
        yield from _last_lines(file, tail)
        while True:
            yield from _complete_lines(file)
            if _was_replaced(file, path):
                yield from _complete_lines(file)
                file.close()
                file = path.open("rb")
            else:
                clock.sleep(_POLL_S)
    finally:
        file.close()


def _was_replaced(file: IO[bytes], path: Path) -> bool:
    """Whether the path names another file by now, or the same one emptied."""
    try:
        now, ours = path.stat(), os.fstat(file.fileno())
    except FileNotFoundError:
        return False
    return now.st_ino != ours.st_ino or now.st_size < file.tell()


def _complete_lines(file: IO[bytes]) -> Iterator[str]:
    """The whole lines from the present position on, which is left at the first unfinished one."""
    while True:
        start = file.tell()
        line = file.readline()
        if not line.endswith(b"\n"):
            file.seek(start)
            return
        yield _text(line)


def _last_lines(file: IO[bytes], count: int, *, since: int = 0) -> list[str]:
    """The last whole lines, leaving the position behind them. Reads backwards, block by block."""
    end = file.seek(0, os.SEEK_END)
    start, block = end, b""
    while start > since and block.count(b"\n") <= count:
        size = min(_BLOCK_BYTES, start - since)
        start = file.seek(start - size)
        block = file.read(size) + block
    whole, _, rest = block.rpartition(b"\n")
    file.seek(end - len(rest))
    found = deque(whole.split(b"\n") if whole else (), maxlen=count)
    return [_text(line) for line in found]


def _text(line: bytes) -> str:
    return line.decode(errors="replace").rstrip("\r\n")
