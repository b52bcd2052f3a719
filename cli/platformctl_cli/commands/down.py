"""``platformctl down``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platformctl_cli.options import RuntimeOption, WorkspaceOption, YesOption


def down(
    workspace: WorkspaceOption = None,
    runtime: RuntimeOption = None,
    volumes: Annotated[bool, typer.Option("--volumes", help="Delete the data as well; asks first.")] = False,
    yes: YesOption = False,
) -> None:
    """Stop everything that deploy started, and nothing else. Data is kept.

    Example: platformctl down
    """
    from platformctl.app.down import take_down
    from platformctl.app.session import Request
    from platformctl.model.site import RuntimeName
    from platformctl_cli import show
    from platformctl_cli.ask import confirm

    if volumes and not confirm("Delete all data of the stack (metrics, databases)?", yes=yes):
        show.say("nothing was changed")
        return
    chosen = RuntimeName(runtime) if runtime else None
    stopped = take_down(Request(workspace=workspace, start=Path.cwd(), runtime=chosen), volumes=volumes)
    for name in stopped:
        show.result(f"stopped {name}")
    if not stopped:
        show.result("nothing was running")
