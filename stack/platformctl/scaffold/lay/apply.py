"""Carry out a plan: everything is written under other names first, then renamed; a failure undoes all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.scaffold.lay.plan import Plan, Step
from platformctl.scaffold.lay.project import inside, read_text

Replace = Callable[[Path, Path], None]


@dataclass
class _Transaction:
    root: Path
    replace: Replace
    staged: list[tuple[Step, Path]] = field(default_factory=list)
    done: list[Step] = field(default_factory=list)
    made: list[Path] = field(default_factory=list)

    def stage(self, step: Step) -> None:
        if step.after is None:
            return
        place = inside(self.root, step.path)
        self.folders(place.parent)
        temporary = place.with_name(f".{place.name}.{secrets.token_hex(4)}.tmp")
        self.staged.append((step, temporary))
        temporary.write_bytes(step.after.encode())
        if place.exists():
            temporary.chmod(place.stat().st_mode & 0o777)

    def folders(self, folder: Path) -> None:
        missing = [f for f in (folder, *folder.parents) if not f.exists() and f.is_relative_to(self.root)]
        for place in reversed(missing):
            place.mkdir()
            self.made.append(place)

    def commit(self, deletions: Iterable[Step]) -> None:
        for step, temporary in self.staged:
            self.replace(temporary, self.root / step.path)
            self.done.append(step)
        for step in deletions:
            (self.root / step.path).unlink()
            self.done.append(step)

    def undo(self) -> None:
        for _, temporary in self.staged:
            temporary.unlink(missing_ok=True)
        for step in reversed(self.done):
            place = self.root / step.path
            if step.before is None:
                place.unlink(missing_ok=True)
            else:
                place.write_bytes(step.before.encode())
        for folder in reversed(self.made):
            with contextlib.suppress(OSError):
                folder.rmdir()


def apply(plan: Plan, root: Path, *, replace: Replace = os.replace) -> None:
    """Write and delete what the plan says, all or nothing; a project that changed since is refused."""
    steps = [step for step in (*plan.steps, *plan.bookkeeping) if step.writes]
    changed = [step.path for step in steps if read_text(root, step.path) != step.before]
    if changed:
        raise PlatformError(
            "The project changed after the plan was made",
            where=", ".join(changed[:5]),
            fix="run the command again",
        )
    transaction = _Transaction(root=root, replace=replace)
    deletions = [step for step in steps if step.after is None]
    try:
        for step in steps:
            transaction.stage(step)
        transaction.commit(deletions)
    except OSError as error:
        transaction.undo()
        raise PlatformError(f"Nothing was changed: {error}", where=str(root)) from error
    except BaseException:
        transaction.undo()
        raise
    _drop_empty_folders(root, deletions)


def _drop_empty_folders(root: Path, deletions: Iterable[Step]) -> None:
    for step in deletions:
        for folder in (root / step.path).parents:
            if folder == root or not folder.is_relative_to(root):
                break
            with contextlib.suppress(OSError):
                folder.rmdir()
