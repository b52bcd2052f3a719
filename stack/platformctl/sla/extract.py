"""What an export asks for, and the windows of time it is read in. Instants are milliseconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

Row: TypeAlias = "tuple[int, str]"
"""One sample: its instant and its value as the server writes it (``1.5``, ``NaN``, ``+Inf``)."""

_DAY_MS: Final = 86_400_000
_MOST_STEPS: Final = 5_000
"""Prometheus answers at most 11,000 instants a series; fewer keep one series small."""


class Format(StrEnum):
    """The forms of an export, by the ending of the file."""

    CSV = "csv"
    PARQUET = "parquet"
    JSONL = "jsonl"


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """From `start_ms` to before `end_ms`."""

    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        """How long it is."""
        return self.end_ms - self.start_ms


@dataclass(frozen=True, kw_only=True, slots=True)
class Extract:
    """The samples of some selectors in a span of time, fixed when the export begins.

    step_ms: the values at each step from the start on; None for the samples as they are stored.
    columns: the labels of all series of the span, without the name.
    """

    url: str
    organisation: str
    selectors: tuple[str, ...]
    span: Window
    step_ms: int | None
    columns: tuple[str, ...]

    def first_length_ms(self) -> int:
        """How much time to ask for at once, to begin with."""
        return _MOST_STEPS * self.step_ms if self.step_ms else _DAY_MS

    def shorter(self, length_ms: int) -> int | None:
        """Half of a length, in whole steps; None where a question cannot be made smaller."""
        grain = self.step_ms or 1_000
        half = length_ms // 2 // grain * grain
        return half or None

    def window(self, start_ms: int, length_ms: int) -> Window:
        """The window of that length from `start_ms` on, cut at the end of the span."""
        return Window(start_ms=start_ms, end_ms=min(start_ms + length_ms, self.span.end_ms))

    def last_step_ms(self, window: Window) -> int:
        """The last instant to evaluate in the window."""
        step = self.step_ms or 1
        return window.start_ms + (window.length_ms - 1) // step * step


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Part:
    """A finished piece: which selector, from when to when, and how many rows it holds."""

    selector: int
    start_ms: int
    end_ms: int
    rows: int

    @property
    def name(self) -> str:
        """The name of its file; names sort as pieces follow each other."""
        return f"{self.selector:04}-{self.start_ms:015}-{self.end_ms:015}-{self.rows}.part"

    @classmethod
    def parse(cls, name: str) -> Part | None:
        """The piece of a file's name; None for the name of anything else."""
        stem, dot, ending = name.partition(".")
        fields = stem.split("-")
        if f"{dot}{ending}" != ".part" or len(fields) != 4 or not all(f.isdecimal() for f in fields):
            return None
        selector, start, end, rows = map(int, fields)
        return cls(selector=selector, start_ms=start, end_ms=end, rows=rows)


def resume_at(parts: tuple[Part, ...], selector: int, span: Window) -> int:
    """Where the next window of a selector begins: after its last finished piece.

    Raises `ValueError` where pieces do not follow each other: one was removed.
    """
    reached = span.start_ms
    for part in sorted(p for p in parts if p.selector == selector):
        if part.start_ms != reached:
            raise ValueError(f"the piece from {reached} on is missing")
        reached = part.end_ms
    return reached
