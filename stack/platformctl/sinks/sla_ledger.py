"""The ledger on disk: a file for each closed period, a line for each statement, and a register that seals them all.

The register holds one line for each statement of any period, in the order in which they were entered: its checksum,
and the checksum of the register's line before. A statement that was changed, cut off or taken away with its
file is noticed; that the register itself was cut or made anew is, by any seal that an earlier report showed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from platformctl.errors import PlatformError
from platformctl.sinks.append_only import alone, append_line, start, whole_lines
from platformctl.sla import codec
from platformctl.sla.counts import Counts
from platformctl.sla.ledger import Entry
from platformctl.sla.period import Period
from platformctl.sla.report import Report

_REGISTER: Final = "register.jsonl"
_BROKEN: Final = (ValueError, KeyError, TypeError)


class LedgerAltered(PlatformError):
    """The ledger is not what was entered in it."""

    kind = "ledger"


class Overtaken(PlatformError):
    """Somebody else entered a statement between reading and adding."""

    kind = "overtaken"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """One line of the register: which statement of which period (``Europe-Berlin/2026-W43``), and its checksum."""

    path: str
    number: int
    seal: str


class Ledger:
    """The closed periods of a workspace, below its state folder; `LedgerAltered` where they were tampered with."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "sla"
        self._entries: dict[str, tuple[Entry, ...]] = {}
        self._availability: dict[str, Mapping[str, Counts] | None] = {}

    def entries(self, period: Period) -> tuple[Entry, ...]:
        """Every statement of the period, the first one first; read once, and again after one was added."""
        name = _name(period)
        if name not in self._entries:
            lines = self._lines(name, self.register())
            self._entries[name] = tuple(self._entry(line, period) for line in lines)
        return self._entries[name]

    def availability(self, period: Period) -> Mapping[str, Counts] | None:
        """What the last statement of the period says of each tenant's requests; None where there is none."""
        name = _name(period)
        if name not in self._availability:
            lines = self._lines(name, self.register())
            try:
                self._availability[name] = (
                    codec.availability(json.loads(lines[-1])["report"]) if lines else None
                )
            except _BROKEN as error:
                raise self._altered(name, f"it cannot be read: {error}") from error
        return self._availability[name]

    def add(self, report: Report, *, reason: str, at: datetime, after: int) -> Entry:
        """Append a statement behind the `after` ones that the caller knows of; what stands there is not touched."""
        name = _name(report.period)
        known = self.entries(report.period)
        with alone(self._folder):
            register = self.register()
            if (entered := len(self._lines(name, register))) != after:
                raise Overtaken(
                    f"{name}: another statement was entered meanwhile", fix="run the command again"
                )
            body = {
                "number": entered + 1,
                "recorded_at": at.astimezone(UTC).isoformat(),
                "reason": reason,
                "report": codec.to_json(report),
            }
            start(self._folder / _REGISTER)
            line = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
            append_line(self._path(name), line, after=entered)
            self._register(Sealed(path=name, number=entered + 1, seal=_seal(line)), register)
        entry = Entry(
            number=after + 1, recorded_at=at.astimezone(UTC), reason=reason, report=report, seal=_seal(line)
        )
        self._entries[name] = (*known, entry)
        self._availability.pop(name, None)
        return entry

    def register(self) -> tuple[Sealed, ...]:
        """Every statement that was entered, in that order."""
        found: list[Sealed] = []
        before = b""
        for at, line in enumerate(whole_lines(self._folder / _REGISTER), 1):
            try:
                body = json.loads(line)
                if body.pop("before") != _seal(before):
                    raise ValueError("the line before it is another")
                found.append(Sealed(**body))
            except _BROKEN as error:
                raise self._altered("register", f"line {at}: {error}") from error
            before = line
        if not (self._folder / _REGISTER).is_file() and (strays := sorted(self._folder.glob("*/*.jsonl"))):
            raise self._altered("register", f"it is gone, and {strays[0].stem} is there")
        return tuple(found)

    def verify(self) -> tuple[Sealed, ...]:
        """The register, after every statement in it was held against its seal."""
        register = self.register()
        for name in dict.fromkeys(sealed.path for sealed in register):
            self._lines(name, register)
        return register

    def _lines(self, name: str, register: tuple[Sealed, ...]) -> tuple[bytes, ...]:
        """The entered lines of a period; one that an interruption kept out of the register was never entered."""
        sealed = [one for one in register if one.path == name]
        lines = whole_lines(self._path(name))
        if not len(sealed) <= len(lines) <= len(sealed) + 1:
            raise self._altered(name, f"{len(sealed)} statements were entered, {len(lines)} are there")
        lines = lines[: len(sealed)]
        for one, line in zip(sealed, lines, strict=True):
            if _seal(line) != one.seal:
                raise self._altered(name, f"statement {one.number} was changed after it was entered")
        return lines

    def _register(self, sealed: Sealed, register: tuple[Sealed, ...]) -> None:
        path = self._folder / _REGISTER
        before = whole_lines(path)[-1] if register else b""
        body = {"path": sealed.path, "number": sealed.number, "seal": sealed.seal, "before": _seal(before)}
        append_line(path, json.dumps(body, separators=(",", ":")).encode(), after=len(register))

    def _entry(self, line: bytes, period: Period) -> Entry:
        try:
            body = json.loads(line)
            return Entry(
                number=body["number"],
                recorded_at=datetime.fromisoformat(body["recorded_at"]),
                reason=body["reason"],
                report=codec.from_json(body["report"]),
                seal=_seal(line),
            )
        except _BROKEN as error:
            raise self._altered(_name(period), f"it cannot be read: {error}") from error

    def _altered(self, name: str, how: str) -> LedgerAltered:
        return LedgerAltered(
            f"the ledger was altered: {how}",
            where=str(self._path(name)),
            fix="restore the folder from a backup; platformctl sla-report verify checks all of it",
        )

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.jsonl"


def _name(period: Period) -> str:
    return f"{period.zone.replace('/', '-')}/{period.name}"


def _seal(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest() if line else ""
