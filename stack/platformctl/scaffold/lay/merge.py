"""Three-way merge of text by git, which every project that we are laid into has."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Merged:
    """The merged text; with conflict markers when `clean` is false."""

    text: str
    clean: bool


def merge(*, base: str, theirs: str, ours: str) -> Merged:
    """Bring our change from `base` to `ours` into the owner's `theirs`."""
    with tempfile.TemporaryDirectory() as folder:
        names = {"current": theirs, "base": base, "new": ours}
        for name, text in names.items():
            (Path(folder) / name).write_bytes(text.encode())
        labels = ("-L", "yours", "-L", "laid down before", "-L", "new from platformctl")
        done = subprocess.run(
            ["git", "merge-file", "-p", "--diff3", *labels, *names],
            cwd=folder,
            capture_output=True,
            check=False,
        )
    if not 0 <= done.returncode < 128:
        raise OSError(f"git merge-file failed: {done.stderr.decode(errors='replace').strip()}")
    return Merged(text=done.stdout.decode(), clean=done.returncode == 0)
