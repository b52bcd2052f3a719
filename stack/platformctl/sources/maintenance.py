"""What ``slas/maintenance.yml`` says of announced work, and the record of the windows that were opened."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

from platformctl.errors import PlatformError
from platformctl.model.maintenance import Forgiveness, Scope, ScopeKind, Window
from platformctl.model.units import Duration
from platformctl.sources import documents
from platformctl.sources.documents import Json

RECORD: Final = Path("maintenance") / "record.jsonl"
"""Below the state folder; a line for each window that was opened, and one for each that was ended early."""
_FILE: Final = "slas/maintenance.yml"


def load_forgiveness(root: Path) -> tuple[Forgiveness, ...]:
    """What contracts forgive of announced work."""
    return tuple(
        Forgiveness(tiers=_texts(entry["tiers"]), notice=Duration.parse(str(entry["notice"])))
        for entry in _entries(root, "forgiven")
    )


def recurring_services(root: Path) -> dict[str, tuple[str, ...]]:
    """The components that recurring windows are for, by the window's id, where they are for components."""
    return {
        str(entry["id"]): _texts(entry["services"])
        for entry in _entries(root, "recurring")
        if "services" in entry
    }


def recorded_windows(state: Path) -> tuple[Window, ...]:
    """Every window that was ever opened, in order of their start; one that was ended early ends there."""
    path = state / RECORD
    if not path.is_file():
        return ()
    windows: dict[str, Window] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            _take(json.loads(line), windows)
        except (ValueError, KeyError, TypeError) as error:
            raise PlatformError(
                "the record of maintenance cannot be read",
                where=f"{path}:{number}",
                fix="restore it from a backup",
            ) from error
    return tuple(sorted(windows.values(), key=lambda w: (w.start, w.id)))


def _take(entry: dict[str, Json], windows: dict[str, Window]) -> None:
    id_ = str(entry["id"])
    if entry["event"] == "ended":
        ended, window = _instant(entry["at"]), windows[id_]
        if ended <= window.start:  # called off before it began
            del windows[id_]
        else:
            windows[id_] = replace(window, end=min(ended, window.end))
        return
    windows[id_] = Window(
        id=id_,
        scope=Scope(kind=ScopeKind(str(entry["scope"])), names=_texts(entry["names"])),
        start=_instant(entry["start"]),
        end=_instant(entry["end"]),
        reason=str(entry["reason"]),
        author=str(entry["author"]),
        announced=_instant(entry["at"]),
    )


def _entries(root: Path, key: str) -> Iterable[dict[str, Json]]:
    if not (root / _FILE).is_file():
        return ()
    document = documents.read(root / _FILE, schema_name="maintenance", shown=_FILE)
    return cast(list[dict[str, Json]], document.get(key, []))


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(cast(list[str], value))


def _instant(text: Json) -> datetime:
    return datetime.fromisoformat(str(text)).astimezone(UTC)
