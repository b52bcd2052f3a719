"""Spans on disk, no more than a bound: an SQLite file from which the oldest go first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from platform_telemetry.traces.query import Condition
from platform_telemetry.traces.span import KeptSpan

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS spans (
  trace_id TEXT NOT NULL, start_ns INTEGER NOT NULL, duration_ns INTEGER NOT NULL, service TEXT NOT NULL,
  name TEXT NOT NULL, is_root INTEGER NOT NULL, is_error INTEGER NOT NULL, request_id TEXT NOT NULL,
  tenant TEXT NOT NULL, data BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS spans_trace ON spans (trace_id);
CREATE INDEX IF NOT EXISTS spans_start ON spans (start_ns);
CREATE INDEX IF NOT EXISTS spans_request ON spans (request_id) WHERE request_id <> '';
"""
_INSERT: Final = "INSERT INTO spans VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_OLDEST: Final = "DELETE FROM spans WHERE rowid IN (SELECT rowid FROM spans ORDER BY start_ns LIMIT ?)"
_GONE_AT_ONCE: Final = 100
_MOST_SPANS: Final = 10_000
"""Of one trace, in one answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A trace that a search found: its first span stands for it where its root is not there."""

    trace_id: str
    service: str
    name: str
    start_ns: int
    duration_ns: int


class Spool:
    """All spans. For many threads at once."""

    def __init__(self, path: Path, *, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._lock = Lock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.executescript(_TABLE)

    def add(self, spans: Iterable[KeptSpan]) -> int:
        """Keep the spans, and drop the oldest where there is no room; how many were kept."""
        rows = [
            (s.trace_id, s.start_ns, s.duration_ns, s.service, s.name, s.is_root, s.is_error, s.request_id,
             s.tenant, s.data)
            for s in spans
        ]  # fmt: skip
        with self._lock:
            self._database.execute("BEGIN")
            self._database.executemany(_INSERT, rows)
            while (
                self._size() > self._most_bytes and self._database.execute(_OLDEST, (_GONE_AT_ONCE,)).rowcount
            ):
                continue
            self._database.execute("COMMIT")
        return len(rows)

    def trace(self, trace_id: str) -> list[ResourceSpans]:
        """The spans of one trace, in the order they began."""
        ask = "SELECT data FROM spans WHERE trace_id = ? ORDER BY start_ns LIMIT ?"
        with self._lock:
            rows = self._database.execute(ask, (trace_id, _MOST_SPANS)).fetchall()
        return [ResourceSpans.FromString(data) for (data,) in rows]

    def search(self, conditions: Iterable[Condition], *, limit: int) -> list[Found]:
        """The newest traces that have a span for which all conditions hold."""
        wanted = list(conditions)
        where = " AND ".join(condition.sql for condition in wanted) or "1"
        newest = (
            "SELECT trace_id FROM spans WHERE "  # noqa: S608 - conditions are texts of ours, their values parameters
            f"{where} GROUP BY trace_id ORDER BY max(start_ns) DESC LIMIT ?"
        )
        with self._lock:
            ids = self._database.execute(newest, (*(c.value for c in wanted), limit)).fetchall()
            return [self._found(trace_id) for (trace_id,) in ids]

    def size_bytes(self) -> int:
        """What the spans take on disk."""
        with self._lock:
            return self._size()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _found(self, trace_id: str) -> Found:
        ask = (
            "SELECT service, name, start_ns, duration_ns FROM spans WHERE trace_id = ?"
            " ORDER BY is_root DESC, start_ns LIMIT 1"
        )
        service, name, start_ns, duration_ns = self._database.execute(ask, (trace_id,)).fetchone()
        return Found(
            trace_id=trace_id, service=service, name=name, start_ns=start_ns, duration_ns=duration_ns
        )

    def _size(self) -> int:
        pages, free, size = (
            int(self._database.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * size
