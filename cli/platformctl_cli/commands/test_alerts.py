"""``platformctl test-alerts``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platformctl_cli.options import JsonOption, WorkspaceOption


def test_alerts(
    area: Annotated[
        str,
        typer.Argument(
            metavar="[AREA]", help="A module of alerts_src/. Without it: all.", show_default=False
        ),
    ] = "",
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Run the unit tests of the alerts through promtool: what must fire fires, what must not is silent.

    Exits 1 when a test fails or an alert lacks one. Without promtool all are named as skipped.

    \b
    Examples:
      platformctl test-alerts
      platformctl test-alerts saturation --json | jq '.alerts[] | select(.result == "failed")'
    """
    from platformctl.app.session import Request
    from platformctl.app.test_alerts import Result, run_alert_tests
    from platformctl_cli import show
    from platformctl_cli.runbook_report import alert_tests_as_json, show_alert_tests

    with show.waiting() as (_, wait):
        tested = run_alert_tests(
            Request(workspace=workspace, start=Path.cwd()), area, tell=lambda name: wait(f"testing {name}")
        )
    if json:
        show.as_json(alert_tests_as_json(tested))
    else:
        show_alert_tests(tested)
    if tested.count(Result.FAILED):
        raise typer.Exit(1)
