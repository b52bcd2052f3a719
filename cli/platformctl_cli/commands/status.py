"""``platformctl status``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platformctl_cli.options import DemoOption, JsonOption, WorkspaceOption


def status(
    workspace: WorkspaceOption = None,
    demo: DemoOption = True,
    watch: Annotated[
        bool, typer.Option("--watch", help="Refresh every two seconds until interrupted.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Ask the live servers: components, scrape targets, rules that fail, alerts that fire.

    Exits 1 when something is wrong.

    \b
    Examples:
      platformctl status
      platformctl status --json | jq .alerts
    """
    from platformctl.app.session import Request, open_session, prepare
    from platformctl.app.status import ask_status
    from platformctl_cli import show
    from platformctl_cli.report import show_status, status_as_json, watch_status

    request = Request(workspace=workspace, start=Path.cwd(), demo=demo)
    session = open_session(request)
    prepared = prepare(session, request)
    if watch:
        watch_status(lambda: ask_status(session, prepared))
        return
    found = ask_status(session, prepared)
    if json:
        show.as_json(status_as_json(found))
    else:
        show_status(found)
    if not found.is_well:
        raise typer.Exit(1)
