"""``platformctl preview``."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from platformctl_cli.options import DemoOption, WorkspaceOption


def preview(
    dashboard: Annotated[
        str, typer.Argument(metavar="[DASHBOARD]", help="The uid of a dashboard, as in platform-overview.")
    ] = "",
    prometheus: Annotated[
        str,
        typer.Option(metavar="<host:port>", help="The Prometheus to ask. Without it: the deployment's own."),
    ] = "",
    png: Annotated[
        Path | None, typer.Option(metavar="<file>", help="Write a picture of the dashboard and exit.")
    ] = None,
    span: Annotated[
        str,
        typer.Option(
            metavar="<duration>", help="The time to show, as in 15m. Without it: the dashboard's own."
        ),
    ] = "",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port of the page; 0 for any free one.")
    ] = 0,
    workspace: WorkspaceOption = None,
    demo: DemoOption = True,
) -> None:
    """Show the generated dashboards in the browser against a live Prometheus, without a Grafana.

    \b
    Examples:
      platformctl preview                                the overview; Ctrl-C ends it
      platformctl preview tenant-detail --span 15m --png tenant.png  for a pull request
    """
    from platformctl.app.preview import PreviewRequest, open_preview
    from platformctl.app.session import Request
    from platformctl_cli import show

    base = Request(workspace=workspace, start=Path.cwd(), demo=demo)
    opened = open_preview(
        PreviewRequest(base=base, dashboard=dashboard, prometheus=prometheus, span=span, port=port)
    )
    with opened.server as server:
        if png is not None:
            from platformctl.app.preview_picture import take_picture

            take_picture(opened, png)
            show.result(str(png))
            return
        show.say(f"asking Prometheus at {opened.prometheus}; Ctrl-C ends the preview")
        show.result(opened.url)
        with contextlib.suppress(KeyboardInterrupt):  # the ordinary end
            server.serve_forever()
