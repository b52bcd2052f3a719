"""``platformctl check``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platformctl_cli.options import DemoOption, JsonOption, WorkspaceOption


def check(
    live: Annotated[
        bool, typer.Option("--live", help="Ask the running servers every query of dashboards and rules.")
    ] = False,
    prometheus: Annotated[
        str,
        typer.Option(metavar="<host:port>", help="With --live: whom to ask, if not the deployment's own."),
    ] = "",
    loki: Annotated[
        str, typer.Option(metavar="<host:port>", help="With --live: whom to ask for log lines.")
    ] = "",
    span: Annotated[
        str,
        typer.Option(
            metavar="<duration>", help="With --live: the time to look at; else each dashboard's own."
        ),
    ] = "",
    workspace: WorkspaceOption = None,
    demo: DemoOption = True,
    json: JsonOption = False,
) -> None:
    """Hold the definitions against every rule, and let the servers' own judges speak. Changes nothing.

    What could not be checked here (a missing binary, say) is named as skipped. Exits 1 when there is an error.
    With --live, a panel without data that states no reason for it is an error too.

    \b
    Examples:
      platformctl check
      platformctl check --live                           every panel and rule, against what runs
      platformctl check --live --prometheus 127.0.0.1:9090 --span 1h
    """
    from platformctl.app.session import Request

    base = Request(workspace=workspace, start=Path.cwd(), demo=demo)
    if live:
        from platformctl.app.check_live import LiveRequest
        from platformctl_cli.live_report import tell_live

        tell_live(LiveRequest(base=base, prometheus=prometheus, loki=loki, span=span), json=json)
        return
    if prometheus or loki or span:
        raise typer.BadParameter("--prometheus, --loki and --span go with --live")

    from platformctl.app.check import check_workspace
    from platformctl_cli import show
    from platformctl_cli.report import problems_as_json, show_problems

    report = check_workspace(base)
    if json:
        show.as_json(problems_as_json(report))
    else:
        show_problems(report)
    if report.count("error"):
        raise typer.Exit(1)
