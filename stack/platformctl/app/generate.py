"""Write the release tree to a folder of the user's, or say how it differs."""

from __future__ import annotations

import shutil
from pathlib import Path

from platformctl.app.session import Request, open_offline, prepare_offline
from platformctl.errors import UsageError
from platformctl.model.release import Release
from platformctl.render import manifest
from platformctl.sinks.releases import disk_error, read_tree, write_tree


def generate_tree(request: Request, out: Path) -> int:
    """Replace `out` by the release tree; returns the number of files.

    Everything is rendered and written beside it first; a failure leaves the old tree as it was.
    Raises `UsageError` when `out` is a folder that we did not write.
    """
    release = _release(request)
    if out.exists() and not (out / manifest.PATH).is_file() and any(out.iterdir()):
        raise UsageError(
            "the folder holds files that are not a release", where=str(out), fix="name another --out"
        )
    draft = out.with_name(f".{out.name}-draft")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        write_tree(draft, release.files.values())
        old = out.with_name(f".{out.name}-old")
        if out.exists():
            out.rename(old)
        draft.rename(out)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise disk_error(error, out) from error
    return len(release.files)


def differences(request: Request, out: Path) -> list[str]:
    """One line for each file that is missing, extra or different in `out`."""
    wanted = _release(request).files
    found = read_tree(out) if out.is_dir() else {}
    lines = []
    for path in sorted(wanted.keys() | found.keys()):
        if path not in found:
            lines.append(f"missing: {path}")
        elif path not in wanted:
            lines.append(f"extra: {path}")
        elif wanted[path] != found[path]:
            lines.append(f"differs: {path}")
    return lines


def _release(request: Request) -> Release:
    return prepare_offline(open_offline(request), request).release
