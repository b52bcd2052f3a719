"""``platformctl scaffold-tests``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platformctl_cli.options import JsonOption, YesOption


def scaffold_tests(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The Next.js application.")],
    only: Annotated[
        str | None,
        typer.Option(help="Parts: unit,e2e,visual,a11y,perf,security,monitoring,ci. Default: all."),
    ] = None,
    openapi: Annotated[str | None, typer.Option(help="The OpenAPI document, as a path in DIR.")] = None,
    force: Annotated[
        list[str] | None, typer.Option(help="Take ours for this path; yours is kept as .orig.")
    ] = None,
    yes: YesOption = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan and change nothing.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit 3 when something differs; change nothing.")
    ] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take out exactly what was put in.")] = False,
    install: Annotated[
        bool,
        typer.Option(
            "--install", help="Install the packages and run the unit tests; what cannot pass goes to TODO.md."
        ),
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify", help="The same run with installed packages; your own scripts before and after."
        ),
    ] = False,
    strict_coverage: Annotated[
        bool, typer.Option("--strict-coverage", help="With --verify: 80 % at once, without a ratchet.")
    ] = False,
    allow_dirty: Annotated[
        bool, typer.Option("--allow-dirty", help="Also with uncommitted changes.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Lay a complete test framework into a Next.js application.

    \b
    Examples:
      platformctl scaffold-tests web/
      platformctl scaffold-tests web/ --install
      platformctl scaffold-tests web/ --only unit,ci --yes --verify
      platformctl scaffold-tests web/ --check
    """
    from platformctl.app.scaffold_request import Action, Request, Talk
    from platformctl.app.scaffold_tests import scaffold
    from platformctl.errors import UsageError
    from platformctl_cli import show
    from platformctl_cli.scaffold_report import confirm, show_outcome

    if check and remove:
        raise UsageError(
            "--check and --remove do not go together", fix="platformctl scaffold-tests DIR --check"
        )
    removal = Action.PREVIEW_REMOVAL if dry_run else Action.REMOVE
    chosen = {removal: remove, Action.CHECK: check, Action.PREVIEW: dry_run}
    request = Request(
        root=folder,
        action=next((action for action, wanted in chosen.items() if wanted), Action.APPLY),
        only=only,
        openapi=openapi,
        force=tuple(force or ()),
        allow_dirty=allow_dirty,
        install=install,
        verify=verify,
        strict_coverage=strict_coverage,
    )
    with show.waiting() as (say, wait):
        outcome = scaffold(request, Talk(say=say, wait=wait, confirm=confirm(yes=yes, json=json)))
    show_outcome(outcome, json=json)
