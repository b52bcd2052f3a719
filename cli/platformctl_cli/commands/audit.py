"""``platformctl audit``."""

from __future__ import annotations

from pathlib import Path

import typer

from platformctl_cli.options import DemoOption, JsonOption, RuntimeOption, WorkspaceOption


def audit(
    workspace: WorkspaceOption = None,
    runtime: RuntimeOption = None,
    demo: DemoOption = True,
    json: JsonOption = False,
) -> None:
    """Report the security posture, as defined and as it runs: ports, users, capabilities, images, secrets.

    Exits 1 when something is wrong, and says how to mend it.

    \b
    Examples:
      platformctl audit
      platformctl audit --json
    """
    from dataclasses import asdict

    from platformctl.app.audit import audit as look
    from platformctl.app.session import Request
    from platformctl.model.site import RuntimeName
    from platformctl_cli import show

    chosen = RuntimeName(runtime) if runtime else None
    found = look(Request(workspace=workspace, start=Path.cwd(), runtime=chosen, demo=demo))
    if json:
        show.as_json(asdict(found))
    else:
        for one in found.findings:
            show.result(f"{one.rule}: {one.subject} {one.what} ({one.side})")
            show.result(f"  fix: {one.fix}")
        for one in found.accepted:
            show.result(f"accepted: {one.rule}: {one.subject} {one.what} ({one.side}): {one.accepted}")
        show.result(
            f"{found.defined} components as defined, {found.running} as they run: {len(found.findings)} findings,"
            f" {len(found.accepted)} accepted"
        )
        for thing in found.unseen:
            show.say(f"! not looked at: {thing}")
    if found.findings:
        raise typer.Exit(1)
