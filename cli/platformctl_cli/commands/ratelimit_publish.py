"""``platformctl ratelimit publish``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platformctl_cli.options import JsonOption, YesOption


def publish(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The FastAPI project.")],
    force: Annotated[
        list[str] | None, typer.Option(help="Take ours for this path; yours is kept as .orig.")
    ] = None,
    yes: YesOption = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan and change nothing.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit 3 when something differs; change nothing.")
    ] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take out exactly what was put in.")] = False,
    json: JsonOption = False,
) -> None:
    """Lay the rate limiter into an existing FastAPI project, with tests that run there.

    Running it again upgrades; a file that you edited is merged or left alone, never overwritten.

    \b
    Examples:
      platformctl ratelimit publish ../shop-api --dry-run
      platformctl ratelimit publish ../shop-api --yes
      platformctl ratelimit publish ../shop-api --check
    """
    from platformctl.app.ratelimit_publish import Action, Request
    from platformctl.app.ratelimit_publish import publish as lay
    from platformctl_cli.publish_report import confirm, show_outcome

    chosen = {Action.REMOVE: remove, Action.CHECK: check, Action.PREVIEW: dry_run}
    action = next((action for action, wanted in chosen.items() if wanted), Action.APPLY)
    request = Request(root=folder, action=action, force=tuple(force or ()))
    show_outcome(lay(request, confirm(yes=yes, json=json)), json=json)
