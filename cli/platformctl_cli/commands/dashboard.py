"""``platformctl dashboard``: dashboards of one's own."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from platformctl_cli.options import JsonOption, WorkspaceOption


class AudienceChoice(StrEnum):
    """The values of ``--for``."""

    OPERATIONS = "operations"
    DEVELOPMENT = "development"
    BUSINESS = "business"
    TENANTS = "tenants"


def new(
    name: Annotated[str, typer.Argument(help="Its uid, as in checkout-flow; it never changes.")],
    audience: Annotated[
        AudienceChoice, typer.Option("--for", help="Whom it is for: one Grafana folder each.")
    ] = AudienceChoice.OPERATIONS,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Lay a dashboard: one module in dashboards_src/ that works as it is, for you to change.

    \b
    Examples:
      platformctl dashboard new checkout-flow
      platformctl dashboard new revenue --for business && platformctl preview revenue
    """
    from platformctl.app.dashboard_new import new_dashboard
    from platformctl.app.session import Request
    from platformctl.model.dashboard import Audience
    from platformctl_cli import show

    path = new_dashboard(Request(workspace=workspace, start=Path.cwd()), name, Audience(audience))
    if json:
        show.as_json({"uid": name, "path": str(path)})
        return
    show.result(str(path))
    show.say(f"look at it: platformctl preview {name}")


dashboard: Final = typer.Typer(
    name="dashboard", help="Dashboards of your own.", no_args_is_help=True, rich_markup_mode=None
)
dashboard.command("new")(new)
