"""``platformctl history``."""

from __future__ import annotations

from pathlib import Path

from platformctl_cli.options import JsonOption, WorkspaceOption


def history(workspace: WorkspaceOption = None, json: JsonOption = False) -> None:
    """Show what was deployed here: when, by whom, from which commit, and how it ended. The last line is the newest.

    \b
    Examples:
      platformctl history
      platformctl history --json | jq '.[-1]'
    """
    from dataclasses import asdict

    from platformctl.app.rollback import history as read
    from platformctl.app.session import Request
    from platformctl_cli import show

    events = read(Request(workspace=workspace, start=Path.cwd()))
    if json:
        show.as_json([asdict(event) for event in events])
        return
    if not events:
        show.say("nothing was deployed here yet")
        return
    rows = [
        (
            event.at,
            event.by,
            event.action,
            event.ending,
            "-" if event.release is None else str(event.release),
            event.runtime,
            event.revision or "-",
            event.reason.partition("\n")[0]
            or f"{event.files} files; {', '.join(event.units) or 'no component'}",
        )
        for event in events
    ]
    show.table(("WHEN", "WHO", "WHAT", "ENDING", "SERVES", "RUNTIME", "COMMIT", "CHANGED"), rows)
