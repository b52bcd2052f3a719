"""Durations and sizes, with their unit in the type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from platformctl.errors import DefinitionError

_UNITS_MS: Final = (
    ("w", 604_800_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
)
_TEXT: Final = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?")


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A length of time in whole milliseconds; `str()` gives Prometheus' notation (``1h30m``)."""

    ms: int

    def __post_init__(self) -> None:
        if self.ms < 0:
            raise DefinitionError(f"a duration cannot be negative: {self.ms} ms")

    @property
    def seconds(self) -> float:
        """The length in seconds."""
        return self.ms / 1000

    def __str__(self) -> str:
        if self.ms == 0:
            return "0s"
        parts, rest = [], self.ms
        for unit, size in _UNITS_MS[1:]:  # weeks read badly in rules: 30d, not 4w2d
            count, rest = divmod(rest, size)
            if count:
                parts.append(f"{count}{unit}")
        return "".join(parts)

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read Prometheus' notation; raises `DefinitionError` when it is not that."""
        match = _TEXT.fullmatch(text)
        if not text or match is None:
            raise DefinitionError(f"not a duration: {text!r}", fix="write it as 30s, 5m, 1h30m or 30d")
        counts = (int(group or 0) for group in match.groups())
        return cls(sum(count * size for count, (_, size) in zip(counts, _UNITS_MS, strict=True)))


def milliseconds(count: int) -> Duration:
    """`count` milliseconds."""
    return Duration(count)


def seconds(count: int) -> Duration:
    """`count` seconds."""
    return Duration(count * 1_000)


def minutes(count: int) -> Duration:
    """`count` minutes."""
    return Duration(count * 60_000)


def hours(count: int) -> Duration:
    """`count` hours."""
    return Duration(count * 3_600_000)


def days(count: int) -> Duration:
    """`count` days of 24 hours."""
    return Duration(count * 86_400_000)
