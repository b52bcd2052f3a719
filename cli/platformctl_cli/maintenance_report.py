"""Maintenance windows, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from platformctl.app.maintenance import Told
from platformctl_cli import show


def show_told(told: Sequence[Told]) -> None:
    """A line for each window, then what is not as it should be."""
    if not told:
        show.result("no maintenance windows")
        return
    show.table(
        ("WINDOW", "STATE", "FOR", "FROM", "TO", "BY", "REASON"),
        [
            (
                each.window.id,
                each.state,
                str(each.window.scope),
                _minute(each.window.start),
                _minute(each.window.end),
                each.window.author,
                each.window.reason,
            )
            for each in told
        ],
    )
    for each in told:
        for note in each.notes:
            show.say(f"! {each.window.id}: {note}")


def _minute(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def told_as_json(told: Told) -> dict[str, object]:
    """One window for machines."""
    window = told.window
    return {
        "id": window.id,
        "state": told.state,
        "scope": {"kind": str(window.scope.kind), "names": list(window.scope.names)},
        "start": window.start.isoformat(),
        "end": window.end.isoformat(),
        "reason": window.reason,
        "author": window.author,
        "announced": window.announced.isoformat(),
        "notes": list(told.notes),
    }
