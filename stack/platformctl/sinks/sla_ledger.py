"""The ledger on disk: a file for each closed period, a line for each statement, each line sealing the one before."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.sinks.files import make_folder
from platformctl.sinks.releases import disk_error
from platformctl.sla import codec
from platformctl.sla.ledger import Entry
from platformctl.sla.period import Period
from platformctl.sla.report import Report


class LedgerAltered(PlatformError):
    """A line of the ledger is not what the line after it sealed, or cannot be read."""

    kind = "ledger"


class Ledger:
    """The closed periods of one workspace, below its state folder."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "sla"

    def entries(self, period: Period) -> tuple[Entry, ...]:
        """Every statement of the period, the first one first; raises `LedgerAltered` when the chain is broken."""
        path = self._path(period)
        if not path.is_file():
            return ()
        found: list[Entry] = []
        before = b""
        for line in path.read_bytes().splitlines():
            found.append(_entry(line, before, path))
            before = line
        return tuple(found)

    def add(self, report: Report, *, reason: str, at: datetime) -> Entry:
        """Append a statement; nothing that stands in the ledger is touched."""
        path = self._path(report.period)
        before = path.read_bytes().splitlines() if path.is_file() else []
        entry = Entry(number=len(before) + 1, recorded_at=at.astimezone(UTC), reason=reason, report=report)
        body = {
            "number": entry.number,
            "recorded_at": entry.recorded_at.isoformat(),
            "reason": reason,
            "seals": _seal(before[-1] if before else b""),
            "report": codec.to_json(report),
        }
        _append(path, json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        return entry

    def _path(self, period: Period) -> Path:
        return self._folder / period.zone.replace("/", "-") / f"{period.name}.jsonl"


def _entry(line: bytes, before: bytes, path: Path) -> Entry:
    try:
        body = json.loads(line)
        if body["seals"] != _seal(before):
            raise ValueError("the line before it was changed")
        return Entry(
            number=body["number"],
            recorded_at=datetime.fromisoformat(body["recorded_at"]),
            reason=body["reason"],
            report=codec.from_json(body["report"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise LedgerAltered(
            f"the ledger was altered: {error}", where=str(path), fix="restore the file from a backup"
        ) from error


def _seal(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest() if line else ""


def _append(path: Path, line: bytes) -> None:
    try:
        make_folder(path.parent)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line)
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise disk_error(error, path) from error
