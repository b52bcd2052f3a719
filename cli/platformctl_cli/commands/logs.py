"""``platformctl logs``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platformctl_cli.options import WorkspaceOption


def logs(
    component: Annotated[str, typer.Argument(help="The component, as `platformctl status` names it.")],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with lines to come.")] = False,
    tail: Annotated[int, typer.Option("--tail", "-n", min=0, help="How many lines from the end.")] = 100,
    workspace: WorkspaceOption = None,
) -> None:
    """Show what a component wrote.

    Example: platformctl logs prometheus -f
    """
    from platformctl.app.logs import log_lines
    from platformctl.app.session import Request
    from platformctl_cli import show

    for line in log_lines(
        Request(workspace=workspace, start=Path.cwd()), component, tail=tail, follow=follow
    ):
        show.result(line)
