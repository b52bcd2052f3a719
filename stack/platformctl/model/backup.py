"""How a component's data is copied so that the copy is whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, kw_only=True, slots=True)
class StoppedCopy:
    """It is stopped, its data folder is copied, and it is started again: sound for every program."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpSnapshot:
    """It makes a snapshot of its own while it runs: a POST of `path` answers ``{"data": {"name": NAME}}``.

    The snapshot is then the folder ``folder/NAME`` of its data. Where it refuses, it is stopped and copied.
    """

    port: str
    path: str
    folder: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedCopy:
    """A command beside it prints a tar of `folder` while it runs; the rest of its data holds still.

    argv may hold placeholders. secrets: by environment variable, the secret the command gets in it.
    The copy is one of files, so another main version of the program cannot read it.
    """

    argv: tuple[str, ...]
    folder: str
    secrets: Mapping[str, str] = field(default_factory=dict)


Backup: TypeAlias = StoppedCopy | HttpSnapshot | PrintedCopy
