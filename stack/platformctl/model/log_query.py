"""Which log lines are asked for, and what one of them is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from platformctl.errors import UsageError
from platformctl.model import _guard
from platformctl.model.log_patterns import NOT_RE2

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")


class Level(StrEnum):
    """How grave a line is, from the least to the gravest; agents bring every spelling to one of these."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"

    @property
    def and_graver(self) -> tuple[Level, ...]:
        """This one and all that are graver."""
        levels = tuple(Level)
        return levels[levels.index(self) :]


@dataclass(frozen=True, kw_only=True, slots=True)
class LogQuery:
    """Lines that meet every condition; an empty one is none.

    level: and all that are graver. grep: a regular expression (RE2) found anywhere in the line.
    start_ns, end_ns: Unix nanoseconds; the end is not part of it.
    """

    start_ns: int
    end_ns: int
    tenant: str = ""
    service: str = ""
    level: Level | None = None
    request_id: str = ""
    trace_id: str = ""
    grep: str = ""

    def __post_init__(self) -> None:
        if self.tenant and not _guard.SLUG.fullmatch(self.tenant):
            raise UsageError(f"{self.tenant!r} is no tenant", fix="platformctl tenants list")
        named = {"service": self.service, "request id": self.request_id, "trace id": self.trace_id}
        for what, value in named.items():
            if value and not _NAME.fullmatch(value):
                raise UsageError(f"{value!r} is no {what}", fix="letters, digits, and . _ : - within")
        _check_pattern(self.grep)
        if self.start_ns >= self.end_ns:
            raise UsageError("the time asked for is empty", fix="put --since before --until")


def _check_pattern(pattern: str) -> None:
    if found := NOT_RE2.search(pattern):
        raise UsageError(f"{pattern!r} uses {found[0]!r}, which Loki's RE2 does not know")
    try:
        re.compile(pattern)
    except re.error as error:
        raise UsageError(f"{pattern!r} is not a regular expression: {error}") from error


@dataclass(frozen=True, kw_only=True, slots=True)
class LogLine:
    """One line with what its pipeline knows of it; metadata: the request and trace id, and what else it has read."""

    time_ns: int
    tenant: str
    service: str
    level: str
    text: str
    metadata: Mapping[str, str] = field(default_factory=dict)
