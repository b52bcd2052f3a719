"""The log files of a native deployment, read as their pipelines would: any size, a line at a time."""

from __future__ import annotations

import contextlib
import heapq
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final

from platformctl.model.log_query import LogLine, LogQuery
from platformctl.model.logs import FileSource, LogPipeline
from platformctl.sources.log_reading import LineReader, time_ns

_POLL_S: Final = 0.5
_NEAR_BYTES: Final = 65_536
_TIMELESS_LINES: Final = 200
_LONGEST_LINE: Final = 262_144  # the agents cut there, too
_AHEAD_NS: Final = 3600 * 10**9  # a host's clock may be ahead


@dataclass(frozen=True, kw_only=True, slots=True)
class LogFile:
    """One file, and the pipeline that its lines go through."""

    path: Path
    pipeline: LogPipeline

    @property
    def service(self) -> str:
        """The service of lines that name none."""
        return self.path.name.removesuffix(".1").removesuffix(".log")


@dataclass(frozen=True, kw_only=True, slots=True)
class LogFiles:
    """The files of all pipelines; folders: by component, its data folder; under "" the log folder."""

    pipelines: tuple[LogPipeline, ...]
    folders: Mapping[str, Path]

    def found(self) -> tuple[LogFile, ...]:
        """The files that are there now; what was set aside at a turn-over is before its successor."""
        return tuple(
            LogFile(path=path, pipeline=pipeline)
            for pipeline in self.pipelines
            for source in pipeline.sources
            if isinstance(source, FileSource) and source.component in self.folders
            for path in _matching(self.folders[source.component], source.glob)
        )

    def lines(self, query: LogQuery) -> Iterator[LogLine]:
        """All lines, the oldest first, holding one record of each file in memory."""
        with contextlib.ExitStack() as opened:
            cursors = [_Cursor(file, opened.enter_context(file.path.open("rb"))) for file in self.found()]
            yield from heapq.merge(*(c.read(query) for c in cursors), key=lambda line: line.time_ns)

    def follow(
        self, query: LogQuery, *, now_ns: Callable[[], int], sleep: Callable[[float], None]
    ) -> Iterator[LogLine]:
        """The lines so far and, for ever, those to come; the query's end is not heeded."""
        cursors: dict[int, _Cursor] = {}
        with contextlib.ExitStack() as opened:
            while True:
                for (
                    file
                ) in self.found():  # a file that was turned over is another one, and the old is read on
                    if (inode := file.path.stat().st_ino) not in cursors:
                        cursors[inode] = _Cursor(file, opened.enter_context(file.path.open("rb")))
                endless = replace(query, end_ns=now_ns() + _AHEAD_NS)
                fresh = [cursor.read(endless) for cursor in cursors.values()]
                yield from heapq.merge(*fresh, key=lambda line: line.time_ns)
                sleep(_POLL_S)


def _matching(folder: Path, glob: str) -> Iterator[Path]:
    for path in sorted(folder.glob(glob)):
        before = path.with_name(f"{path.name}.1")
        yield from (candidate for candidate in (before, path) if candidate.is_file())


class _Cursor:
    """How far an open file has been read."""

    def __init__(self, file: LogFile, handle: IO[bytes]) -> None:
        self._file = file
        self._handle = handle
        self._offset = -1
        first = file.pipeline.multiline
        self._first = re.compile(first.first) if first else None
        self._most_lines = first.max_lines if first else 1
        self._timed = ""  # the last record that bore a time
        self._written_ns = os.fstat(handle.fileno()).st_mtime_ns

    def read(self, query: LogQuery) -> Iterator[LogLine]:
        """The matching records from where the last reading ended to the present end."""
        reader = LineReader(pipeline=self._file.pipeline, query=query)
        if not 0 <= self._offset <= os.fstat(self._handle.fileno()).st_size:  # or it was emptied
            self._offset = first_at(self._handle, reader)
        self._handle.seek(self._offset)
        for text in self._records():
            if text.startswith("{") or time_ns(text, self._file.pipeline):
                self._timed = text
            line = reader.read(text, file_service=self._file.service, before_ns=self._before_ns)
            if line is not None:
                yield line

    def _before_ns(self) -> int:
        """The time of a record that bears none: that of the one before, else of the file's last writing."""
        return time_ns(self._timed, self._file.pipeline) or self._written_ns

    def _records(self) -> Iterator[str]:
        """Whole lines, those that belong together joined; the offset is moved past each record."""
        held: list[str] = []
        for text, end in _whole_lines(self._handle):
            if held and (self._first is None or self._first.search(text) or len(held) >= self._most_lines):
                yield "\n".join(held)
                held = []
            held.append(text)
            self._offset = end
        if held:
            yield "\n".join(held)


def _whole_lines(handle: IO[bytes]) -> Iterator[tuple[str, int]]:
    """Each whole line from the present position on, and where it ends; a long one is cut."""
    while raw := handle.readline(_LONGEST_LINE):
        rest = raw
        while rest and not rest.endswith(b"\n"):
            rest = handle.readline(_LONGEST_LINE)
        if not rest:
            return  # its end is still to be written
        yield raw.decode(errors="replace").rstrip("\r\n"), handle.tell()


def first_at(handle: IO[bytes], reader: LineReader) -> int:
    """An offset, at the start of a line, before which every line is older than what the reader asks for."""
    low, high = 0, os.fstat(handle.fileno()).st_size
    while high - low > _NEAR_BYTES:
        middle = (low + high) // 2
        handle.seek(middle)
        handle.readline()  # the rest of one that began before
        start = handle.tell()
        if start < high and 0 < _time_near(handle, reader) < reader.query.start_ns:
            low = start
        else:
            high = middle
    return low


def _time_near(handle: IO[bytes], reader: LineReader) -> int:
    """The first time that is borne by one of the next lines; 0 when none bears one."""
    for _ in range(_TIMELESS_LINES):
        raw = handle.readline(_LONGEST_LINE)
        if not raw or (found := time_ns(raw.decode(errors="replace"), reader.pipeline)):
            return found if raw else 0
    return 0
