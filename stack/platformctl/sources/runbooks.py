"""The runbook pages of a workspace, read without anything else of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from platformctl.model.runbook import Runbook


def load_runbooks(root: Path) -> Iterator[Runbook]:
    """Every page of ``root/runbooks``, in order of names."""
    for path in sorted((root / "runbooks").glob("*.md")):
        shown = path.relative_to(root).as_posix()
        yield Runbook(name=path.stem, text=path.read_text(encoding="utf-8"), path=shown)
