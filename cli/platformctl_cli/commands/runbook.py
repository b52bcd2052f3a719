"""``platformctl runbook``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platformctl_cli.options import JsonOption, WorkspaceOption


def runbook(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME... | new ALERT | check]",
            help="A name, a part of one, an alert's text, or symptoms. Without it: all pages are listed.",
            show_default=False,
        ),
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Put what the servers say of the alert above its page.")
    ] = False,
    firing: Annotated[
        bool, typer.Option("--firing", help="List what fires now, and offer its pages.")
    ] = False,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Show the runbook page of an alert.

    `new ALERT` lays a page for an alert that has none; `check` holds all pages against the rules.

    \b
    Examples:
      platformctl runbook ServiceDown --live
      platformctl runbook redis memory
      platformctl runbook "[critical] ServiceDown on api"
      platformctl runbook --firing
    """
    from platformctl_cli import runbook_use

    start = Path.cwd()
    match words or []:
        case [] if firing:
            runbook_use.firing(workspace, start, json=json)
        case _ if firing:
            raise typer.BadParameter("--firing takes no name")
        case ["new", alert]:
            runbook_use.new(workspace, start, alert, json=json)
        case ["check"]:
            runbook_use.check(workspace, start, json=json)
        case wanted:
            runbook_use.look_up(workspace, start, " ".join(wanted), live=live, json=json)
