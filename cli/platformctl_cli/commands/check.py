"""``platformctl check``."""

from __future__ import annotations

from pathlib import Path

import typer

from platformctl_cli.options import DemoOption, JsonOption, WorkspaceOption


def check(workspace: WorkspaceOption = None, demo: DemoOption = True, json: JsonOption = False) -> None:
    """Hold the definitions against every rule, and let the servers' own judges speak. Changes nothing.

    What could not be checked here (a missing binary, say) is named as skipped. Exits 1 when there is an error.
    """
    from platformctl.app.check import check_workspace
    from platformctl.app.session import Request
    from platformctl_cli import show
    from platformctl_cli.report import problems_as_json, show_problems

    report = check_workspace(Request(workspace=workspace, start=Path.cwd(), demo=demo))
    if json:
        show.as_json(problems_as_json(report))
    else:
        show_problems(report)
    if report.count("error"):
        raise typer.Exit(1)
