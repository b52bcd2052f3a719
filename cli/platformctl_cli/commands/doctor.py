"""``platformctl doctor``."""

from __future__ import annotations

from pathlib import Path

import typer

from platformctl_cli.options import DemoOption, JsonOption, WorkspaceOption


def doctor(workspace: WorkspaceOption = None, demo: DemoOption = True, json: JsonOption = False) -> None:
    """Look whether this machine can run the stack: engine, programs, ports, disk, memory, clock, limits.

    Says what to do about what is lacking; exits 1 when nothing can run until that is done.

    \b
    Examples:
      platformctl doctor
      platformctl doctor --json
    """
    from dataclasses import asdict

    from platformctl.app.doctor import Verdict, examine
    from platformctl.app.session import Request
    from platformctl_cli import show

    findings = examine(Request(workspace=workspace, start=Path.cwd(), demo=demo))
    if json:
        show.as_json([asdict(finding) for finding in findings])
    else:
        rows = [(f.subject, f.verdict, f.what, f.fix) for f in findings]
        show.table(("WHAT", "VERDICT", "FOUND", "WHAT TO DO"), rows)
    if any(finding.verdict is Verdict.BAD for finding in findings):
        raise typer.Exit(1)
