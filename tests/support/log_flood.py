"""Numbered log lines at a steady rate into several files, and the count of what has arrived of them."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path

from platformctl.model.log_query import LogLine

TICK_S = 0.05
GRAVE = 10
"""Of so many lines one is an error, which goes to the operators, too."""


@dataclass
class Flood:
    """Writes `rate` lines per second in all, one service a file, turn by turn for the tenants; a tenth are errors."""

    folder: Path
    tenants: tuple[str, ...]
    rate: int
    files: int = 4
    name: str = "flood"
    written: int = 0
    behind_s: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def paths(self) -> list[Path]:
        """The files it writes to, in the order of their turns."""
        return [self.folder / f"{self.name}-{n}.log" for n in range(self.files)]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """It writes as long as the block lasts."""
        thread = threading.Thread(target=self._write)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _write(self) -> None:
        outs = [path.open("a") for path in self.paths]
        begin = time.monotonic()
        while not self._stop.is_set():
            due = int((time.monotonic() - begin) * self.rate)
            per_file: list[list[str]] = [[] for _ in outs]
            for number in range(self.written, due):
                per_file[number % self.files].append(self._line(number))
            for out, lines in zip(outs, per_file, strict=True):
                out.write("".join(lines))
                out.flush()
            self.written = max(due, self.written)
            self.behind_s = max(self.behind_s, time.monotonic() - begin - due / self.rate)
            time.sleep(TICK_S)
        for out in outs:
            out.close()

    def _line(self, number: int) -> str:
        line = {
            "timestamp": datetime.now(UTC).isoformat(), "level": "info" if number % GRAVE else "error",
            "service": f"{self.name}-{number % self.files}",
            "tenant": self.tenants[number % len(self.tenants)], "event": "request", "method": "GET",
            "route": "/api/rooms/{id}", "code": 200, "duration_s": 0.012345, "request_id": f"req-{number:012}",
            "trace_id": md5(str(number).encode(), usedforsecurity=False).hexdigest(), "number": number,
        }  # fmt: skip
        return f"{json.dumps(line)}\n"


@dataclass(frozen=True, slots=True)
class Arrived:
    """What is there of the lines from 0 to `written`, or of each `step`-th of them."""

    written: int
    lost: int
    doubled: int

    @classmethod
    def of(cls, lines: Iterable[LogLine], written: int, step: int = 1) -> Arrived:
        """Count them by their numbers."""
        seen = Counter(json.loads(line.text)["number"] for line in lines)
        doubled = sum(count - 1 for count in seen.values())
        wanted = set(range(0, written, step))
        return cls(written=len(wanted), lost=len(wanted - seen.keys()), doubled=doubled)
