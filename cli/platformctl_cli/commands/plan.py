"""``platformctl plan``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platformctl_cli.options import DemoOption, JsonOption, RuntimeOption, WorkspaceOption


def plan(
    workspace: WorkspaceOption = None,
    runtime: RuntimeOption = None,
    demo: DemoOption = True,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 when there is something to change.")] = False,
    json: JsonOption = False,
) -> None:
    """Show what a deployment would change: files with their differences, and components. Changes nothing.

    \b
    Examples:
      platformctl plan
      platformctl plan --check --json
    """
    from platformctl.app.planning import plan_deployment
    from platformctl.app.session import Request
    from platformctl.errors import DifferencesFound
    from platformctl.model.site import RuntimeName
    from platformctl_cli import show
    from platformctl_cli.report import plan_as_json, show_plan

    chosen = RuntimeName(runtime) if runtime else None
    found, prepared = plan_deployment(
        Request(workspace=workspace, start=Path.cwd(), runtime=chosen, demo=demo)
    )
    if json:
        show.as_json(plan_as_json(found, prepared))
    else:
        show_plan(found, prepared, diffs=True)
    if check and not found.is_empty:
        raise typer.Exit(DifferencesFound.exit_code)
