"""``history.jsonl``: what was deployed here, when, by whom and how it ended; lines are only ever added."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from platformctl.errors import PlatformError


class Action(StrEnum):
    """What was asked for."""

    DEPLOY = "deploy"
    ROLLBACK = "rollback"
    DOWN = "down"
    RESTORE = "restore"


class Ending(StrEnum):
    """How it ended: UNDONE is a change that failed and was rolled back."""

    DONE = "done"
    UNDONE = "undone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One line. at: UTC, ISO 8601. release: that serves since then; None where nothing does.

    revision: the commit of the definitions, with ``+`` where they were changed since; empty outside git.
    units: the components that were touched, as ``reload prometheus``. reason: why it was undone.
    """

    at: str
    by: str
    action: Action
    ending: Ending
    release: int | None
    runtime: str
    revision: str = ""
    files: int = 0
    units: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """The journal of one state folder."""

    path: Path
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def stamp(self) -> tuple[str, str]:
        """(time, user) of an event that happens now."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ"), getpass.getuser()

    def add(self, event: Event) -> None:
        """Write one line; raises `OSError` where that is impossible."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            file.write(json.dumps(asdict(event)) + "\n")

    def events(self) -> tuple[Event, ...]:
        """Everything so far, oldest first. A last line that was cut short by a crash is left out."""
        if not self.path.exists():
            return ()
        lines = self.path.read_text().split("\n")
        return tuple(self._event(number, line) for number, line in enumerate(lines[:-1], 1))

    def _event(self, number: int, line: str) -> Event:
        try:
            found = json.loads(line)
            return Event(
                **{
                    **found,
                    "action": Action(found["action"]),
                    "ending": Ending(found["ending"]),
                    "units": tuple(found["units"]),
                }
            )
        except (ValueError, KeyError, TypeError) as error:
            raise PlatformError(
                f"a line of the history cannot be read: {error}",
                where=f"{self.path}:{number}",
                fix=f"sed -i {number}d {self.path}",
            ) from error
