"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """An error stops a deployment; a warning is shown; a skip says what was not checked."""

    ERROR = "error"
    WARNING = "warning"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One finding: which check, what is wrong, where, and what to do."""

    check: str
    what: str
    where: str
    fix: str = ""
    level: Level = Level.ERROR
