"""What must happen once before a process first starts: all of it, or nothing.

Databases write their marker files early: a half-made data folder looks like a whole one. So a journal
lists what the data folder held before; as long as it exists, everything else in there is half-made.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from platformctl.render.native import Step
from platformctl.sinks.files import write_atomically
from platformctl.sinks.releases import disk_error


def prepare(
    steps: tuple[Step, ...], *, state: Path, data: Path, journal: Path, run: Callable[[Step], None]
) -> None:
    """Run the steps whose product is missing. A step that fails, or is interrupted, undoes those before it."""
    _undo(journal, data)
    pending = [step for step in steps if not (state / step.creates).exists()]
    if not pending:
        return
    write_atomically(journal, json.dumps(sorted(path.name for path in data.iterdir())))
    try:
        for step in pending:
            run(step)
            _make_marker(state / step.creates)
    except BaseException:
        _undo(journal, data)
        raise
    journal.unlink()


def _undo(journal: Path, data: Path) -> None:
    """Remove what unfinished preparations left in the data folder."""
    if not journal.exists():
        return
    before = set(json.loads(journal.read_text()))
    for path in data.iterdir():
        if path.name in before:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    journal.unlink()


def _make_marker(path: Path) -> None:
    """Create the product of a step that leaves none of its own; never through somebody's link."""
    if path.exists():
        return
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    except OSError as error:
        raise disk_error(error, path) from error
