"""Decide what happens to each file, as a frozen value that is shown first and then applied as it is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from platformctl.scaffold.lay.manifest import Manifest


class Kind(StrEnum):
    """What happens to a file."""

    CREATE = "create"
    SAME = "same"
    UPDATE = "update"  # ours, untouched by the owner
    MERGE = "merge"  # the owner's edits and ours fit together
    CONFLICT = "conflict"  # they do not: a side file holds both
    BESIDE = "beside"  # the owner has a file of that name: ours stands beside it
    EDITED = "edited"  # ours, edited by the owner, nothing new from us
    SEED = "seed"  # written once by us, the owner's now
    FORCE = "force"  # replaced because its path was named
    DELETE = "delete"


QUIET: Final = frozenset({Kind.SAME, Kind.SEED})


@dataclass(frozen=True, kw_only=True)
class Step:
    """One file: its text before and after (None: absent) and what a reader should know."""

    path: str
    kind: Kind
    before: str | None
    after: str | None
    note: str = ""

    @property
    def writes(self) -> bool:
        """Whether the file changes."""
        return self.before != self.after


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All steps in the order of their paths, and the manifest as it will be."""

    steps: tuple[Step, ...]
    manifest: Manifest
    bookkeeping: tuple[Step, ...]

    @property
    def changes(self) -> tuple[Step, ...]:
        """The steps that write."""
        return tuple(step for step in self.steps if step.writes)

    @property
    def drift(self) -> tuple[Step, ...]:
        """The steps that say the project is not as we laid it."""
        return tuple(step for step in self.steps if step.writes or step.kind not in QUIET)


def unified_diff(steps: Iterable[Step], *, whole_new_files: bool = False) -> Iterator[str]:
    """The lines of a unified diff; new files are only named unless asked for whole."""
    for step in steps:
        if not step.writes:
            continue
        if step.before is None and not whole_new_files:
            continue
        yield from difflib.unified_diff(
            (step.before or "").splitlines(),
            (step.after or "").splitlines(),
            "/dev/null" if step.before is None else f"a/{step.path}",
            "/dev/null" if step.after is None else f"b/{step.path}",
            lineterm="",
        )
