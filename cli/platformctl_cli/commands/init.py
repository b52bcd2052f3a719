"""``platformctl init``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def init(
    folder: Annotated[
        Path, typer.Argument(help="The new workspace; it may exist, but not hold definitions.")
    ],
) -> None:
    """Lay a workspace: the built-in definitions, for you to change.

    Example: platformctl init ./observability && cd observability && platformctl deploy
    """
    from platformctl.app.init import lay_workspace
    from platformctl_cli import show

    count = lay_workspace(folder)
    show.result(f"{folder}: {count} files laid")
    show.say(f"next: platformctl check -w {folder}")
