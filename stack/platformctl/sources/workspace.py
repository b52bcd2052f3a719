"""Where definitions come from: a workspace folder, or the one that is built in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformctl
from platformctl.errors import UsageError

CONTENT_FOLDERS: Final = ("alerts_src", "dashboards_src", "slas", "runbooks", "compose")
STATE_FOLDER: Final = ".platformctl"


@dataclass(frozen=True, kw_only=True, slots=True)
class Workspace:
    """content: the folder that holds the content folders. state: the folder that deployments live in."""

    content: Path
    state: Path
    built_in: bool


def built_in_content() -> Path:
    """The content that travels with platformctl: inside the wheel, or beside the engine in a checkout."""
    package = Path(platformctl.__file__).parent
    carried = package / "_workspace"
    return carried if carried.is_dir() else package.parent.parent


def find(folder: Path | None, *, start: Path) -> Workspace:
    """The workspace at `folder`; without one, the nearest above `start`; else the built-in one.

    State always lives in the workspace; for the built-in content, in `start`.
    Raises `UsageError` when `folder` is given and is no workspace.
    """
    if folder is not None:
        if not _is_workspace(folder):
            raise UsageError(
                "not a platformctl workspace: it has no alerts_src/ and compose/",
                where=str(folder),
                fix=f"platformctl init {folder}",
            )
        return Workspace(content=folder.resolve(), state=folder.resolve() / STATE_FOLDER, built_in=False)
    for candidate in (start.resolve(), *start.resolve().parents):
        if _is_workspace(candidate):
            return Workspace(content=candidate, state=candidate / STATE_FOLDER, built_in=False)
    return Workspace(content=built_in_content(), state=start.resolve() / STATE_FOLDER, built_in=True)


def _is_workspace(folder: Path) -> bool:
    return all((folder / name).is_dir() for name in ("alerts_src", "compose"))
