"""``platformctl ratelimit publish``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platformctl_cli.options import JsonOption, YesOption

if TYPE_CHECKING:
    from platformctl.app.publishing import Prepared


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
    from platformctl.app.publishing import Request, action_of
    from platformctl.app.publishing import publish as lay
    from platformctl.app.ratelimit_publish import LIMITER
    from platformctl_cli.publish_report import confirm, show_outcome

    action = action_of(remove=remove, check=check, preview=dry_run)
    request = Request(root=folder, action=action, force=tuple(force or ()))
    show_outcome(lay(LIMITER, request, confirm(yes=yes, json=json)), _next, json=json)


def _next(prepared: Prepared) -> Iterator[str]:
    from platformctl.app.ratelimit_publish import TESTS

    found = prepared.application
    yield "\nnext:"
    yield f"  cd {prepared.root}"
    yield "  pip install -r ratelimit-requirements.txt pytest httpx"
    yield f"  python -m pytest {TESTS}"
    if found is not None:
        yield f"\nthen, in {found.path} after {found.name} is made:"
        yield f"  from ratelimit_setup import protect\n  protect({found.name})"
    yield "\nRATELIMIT.md tells the rest"
