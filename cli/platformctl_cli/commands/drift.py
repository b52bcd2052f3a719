"""``platformctl drift``."""

from __future__ import annotations

from pathlib import Path

import typer

from platformctl_cli.options import JsonOption, WorkspaceOption


def drift(workspace: WorkspaceOption = None, json: JsonOption = False) -> None:
    """Show what is no longer as it was deployed: edited files, changed components, hand-made rules. Changes nothing.

    Exits 3 when something differs; `platformctl deploy` puts it right.

    \b
    Examples:
      platformctl drift
      platformctl drift --json
    """
    from dataclasses import asdict

    from platformctl.app.drift import find_drift
    from platformctl.app.session import Request
    from platformctl.errors import DifferencesFound
    from platformctl_cli import show

    found = find_drift(Request(workspace=workspace, start=Path.cwd()))
    if json:
        show.as_json(asdict(found))
    else:
        for one in found.differences:
            show.result(f"{one.kind} {one.name} {one.what.partition(chr(10))[0]}")
        if not found.differences:
            show.result(f"all is as release {found.release} says")
        for thing in found.unseen:
            show.say(f"! not looked at: {thing}")
    if found.differences:
        raise typer.Exit(DifferencesFound.exit_code)
