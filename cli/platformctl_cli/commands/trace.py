"""``platformctl trace``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platformctl_cli.options import JsonOption, WorkspaceOption


def trace(
    id: Annotated[
        str, typer.Argument(metavar="ID", help="A request id (header X-Request-Id) or a trace id.")
    ],
    store: Annotated[
        str, typer.Option("--store", metavar="HOST:PORT", help="A Tempo that is not of this deployment.")
    ] = "",
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Show one request: its spans as a tree, and its log lines.

    \b
    Examples:
      platformctl trace 3f1c9a72d0b84e55
      platformctl trace 4bf92f3577b34da6a3ce929d0e0e4736 --json | jq '.[0].spans'
    """
    from platformctl.app.session import Request
    from platformctl.app.trace import Wanted, journeys
    from platformctl_cli import show
    from platformctl_cli.trace_report import as_document, show_journey

    found = journeys(Wanted(id=id, base=Request(workspace=workspace, start=Path.cwd()), store=store))
    if json:
        show.as_json([as_document(one) for one in found])
        return
    for one in found:
        show_journey(one)
