"""``platformctl backup``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platformctl_cli.options import DemoOption, JsonOption, RuntimeOption, WorkspaceOption


def backup(
    target: Annotated[
        Path, typer.Argument(help="A new file, or a folder to put one into, named by the time.")
    ],
    workspace: WorkspaceOption = None,
    runtime: RuntimeOption = None,
    demo: DemoOption = True,
    with_secrets: Annotated[
        bool,
        typer.Option(
            "--with-secrets", help="Put the secrets in as well, readable to whoever reads the file."
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Copy all that the stack has gathered into one file: metrics, logs, databases, silences, releases, history.

    Prometheus and PostgreSQL serve on where they can make a copy by themselves; the others are stopped for
    their own copy, one after another, and started again.

    \b
    Examples:
      platformctl backup /var/backups
      platformctl backup before-upgrade.tar --with-secrets
    """
    from dataclasses import asdict

    from platformctl.app.applying import Talk
    from platformctl.app.backup import back_up
    from platformctl.app.interrupts import end_by_exception
    from platformctl.app.session import Request
    from platformctl.model.site import RuntimeName
    from platformctl_cli import show

    chosen = RuntimeName(runtime) if runtime else None
    end_by_exception()
    with show.waiting() as (say, wait):
        request = Request(workspace=workspace, start=Path.cwd(), runtime=chosen, demo=demo)
        saved = back_up(request, target, Talk(say=say, wait=wait), with_secrets=with_secrets)
    if json:
        show.as_json({"file": saved.path, "secrets_included": saved.has_secrets, **asdict(saved.manifest)})
        return
    size = sum(part.bytes for part in saved.manifest.parts.values())
    show.result(
        f"{saved.path}: release {saved.manifest.release}, {len(saved.manifest.ways)} components, {size:,} bytes"
    )
    if not saved.has_secrets and saved.manifest.secrets:
        show.say("! without the secrets; another machine needs them, too: keep them, or use --with-secrets")
