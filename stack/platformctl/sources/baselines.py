"""Recorded baselines, as they stand in ``slas/baselines``: one file a version, one line a fact.

The first line says what the version is, each other one tells an hour of a subject's week. Every version holds
the checksum of the one before it, so that a changed or missing file is noticed.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Final, cast

from platformctl.errors import DefinitionError
from platformctl.model.baseline import (
    HOURS_OF_WEEK,
    Baseline,
    Cell,
    HourOfWeek,
    Profile,
    Subject,
    SubjectKind,
    ZoneChange,
    hour_name,
)
from platformctl.sources.documents import Json

FOLDER: Final = "slas/baselines"
FORMAT: Final = 1
_HOURS: Final = {hour_name(hour): hour for hour in range(HOURS_OF_WEEK)}


def paths(root: Path) -> tuple[Path, ...]:
    """The files of all versions, the first one first."""
    return tuple(sorted((root / FOLDER).glob("[0-9]*.jsonl")))


def seal(path: Path) -> str:
    """The checksum by which the next version knows this one."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def latest(root: Path) -> Baseline | None:
    """The last version; None where none was recorded. Raises `DefinitionError` for a changed history."""
    found = paths(root)
    return _checked(root, found, len(found) - 1) if found else None


def version(root: Path, number: int) -> Baseline:
    """One version; raises `DefinitionError` when there is none of that number."""
    found = paths(root)
    if not 1 <= number <= len(found):
        raise DefinitionError(
            f"there is no version {number}; {len(found)} are recorded",
            where=FOLDER,
            fix="platformctl baseline record",
        )
    return _checked(root, found, number - 1)


def _checked(root: Path, found: tuple[Path, ...], wanted: int) -> Baseline:
    before = ""
    for path in found:
        with path.open(encoding="utf-8") as file:
            head = file.readline()
        if _json(head, path, 1).get("seals") != before:
            raise DefinitionError(
                "the version before it was changed or removed",
                where=str(path.relative_to(root)),
                fix="git restore slas/baselines",
            )
        before = seal(path)
    return read(found[wanted], shown=str(found[wanted].relative_to(root)))


def read(path: Path, *, shown: str) -> Baseline:
    """The version in the file; raises `DefinitionError` at its line."""
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    first = _json(head, path, 1)
    if first.get("format") != FORMAT:
        raise DefinitionError(
            f"a baseline of format {first.get('format')}; this version reads {FORMAT}", where=shown
        )
    cells: defaultdict[Subject, dict[HourOfWeek, Cell]] = defaultdict(dict)
    for number, line in enumerate(lines, start=2):
        entry = _json(line, path, number)
        try:
            cells[_subject(entry)][_HOURS[str(entry["hour"])]] = _cell(entry)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise DefinitionError(f"not an hour of a baseline: {error}", where=f"{shown}:{number}") from error
    return Baseline(
        version=cast(int, first["version"]),
        recorded_at=datetime.fromisoformat(str(first["recorded_at"])),
        period=str(first["period"]),
        zone=str(first["zone"]),
        reason=str(first["reason"]),
        zone_changes=tuple(
            ZoneChange(at=at, seconds=seconds)
            for at, seconds in cast(list[tuple[int, int]], first["zone_changes"])
        ),
        profiles=tuple(Profile(subject=subject, cells=found) for subject, found in cells.items()),
    )


def _json(line: str, path: Path, number: int) -> dict[str, Json]:
    try:
        loaded = json.loads(line)
    except ValueError as error:
        raise DefinitionError(f"not JSON: {error}", where=f"{FOLDER}/{path.name}:{number}") from error
    if not isinstance(loaded, dict):
        raise DefinitionError("not a JSON object", where=f"{FOLDER}/{path.name}:{number}")
    return loaded


def _subject(entry: dict[str, Json]) -> Subject:
    names = {name: str(entry[name]) for name in ("job", "route", "method", "tier") if name in entry}
    return Subject(kind=SubjectKind(str(entry["kind"])), **names)


def _cell(entry: dict[str, Json]) -> Cell:
    seconds = cast(dict[str, float], entry["seconds"])
    return Cell(
        hours=cast(int, entry["hours"]), requests=cast(int, entry["requests"]), seconds=dict(seconds.items())
    )
