"""The application's own scripts, before and after: the framework must not change what they come to."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from platformctl.errors import PlatformError
from platformctl.scaffold.lay import jsonedit
from platformctl.scaffold.lay.project import OwnersView

CHECKED: Final = ("typecheck", "lint", "test", "build")
_TIMEOUT_S: Final = 900


def run_own_checks(view: OwnersView, run: str, wait: Callable[[str], None]) -> Mapping[str, bool]:
    """Script to whether it passes, of those that the owner has."""
    own = jsonedit.value_at(view.read("package.json") or "{}", ("scripts",))
    names = [name for name in CHECKED if isinstance(own, dict) and name in own]
    results: dict[str, bool] = {}
    for name in names:
        wait(f"your own `{run} {name}`")
        results[name] = _passes(view.root, [*run.split(), name])
    return results


def refuse_regressions(root: Path, before: Mapping[str, bool], after: Mapping[str, bool]) -> None:
    """Raise PlatformError when a script passed before and fails now."""
    broken = [name for name, passed in before.items() if passed and not after.get(name, True)]
    if broken:
        raise PlatformError(
            f"Your own {' and '.join(broken)} passed before and {'fail' if len(broken) > 1 else 'fails'} now",
            where=str(root),
            fix=f"platformctl scaffold-tests {root} --remove   # and please report it",
        )


def _passes(root: Path, command: list[str]) -> bool:
    # CI keeps test runners from watching.
    environment = {**os.environ, "CI": "1"}
    try:
        done = subprocess.run(
            command,
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
