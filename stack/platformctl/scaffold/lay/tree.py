"""What is to be laid into a project: files of our own, and additions to files that belong to its owner."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from platformctl.scaffold.lay.jsonc import JsonValue


class Mode(StrEnum):
    """Whose a laid file is from then on."""

    MANAGED = "managed"  # ours: updated on a re-run, merged where the owner edited it
    SEED = "seed"  # the owner's as soon as it is edited: never merged, never touched again


@dataclass(frozen=True, kw_only=True)
class LaidFile:
    """One whole file."""

    path: str
    text: str
    mode: Mode = Mode.MANAGED


@dataclass(frozen=True, kw_only=True)
class JsonEntry:
    """A key that shall exist in a JSON file; one that is there already stays as its owner has it."""

    at: tuple[str, ...]
    value: JsonValue


@dataclass(frozen=True, kw_only=True)
class JsonItem:
    """A string that shall be in an array of a JSON file; the array is made when it is missing."""

    at: tuple[str, ...]
    item: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line that shall be in a text file such as .gitignore."""

    line: str


@dataclass(frozen=True, kw_only=True)
class Insertion:
    """A text put directly behind the first match of a regular expression."""

    after: str
    text: str


Addition = JsonEntry | JsonItem | Line | Insertion


@dataclass(frozen=True, kw_only=True)
class SharedFile:
    """Additions to one file of the owner; `create` is the text to start from when it is missing."""

    path: str
    additions: tuple[Addition, ...]
    create: str | None = None


@dataclass(frozen=True, kw_only=True)
class Tree:
    """All that one command lays down. `name` names its manifest; `answers` are kept for the next run."""

    name: str
    version: str
    answers: dict[str, JsonValue]
    files: tuple[LaidFile, ...] = ()
    shared: tuple[SharedFile, ...] = ()


def digest(text: str) -> str:
    """A hash that a checkout with other line endings does not change."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()
