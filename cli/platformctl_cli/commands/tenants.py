"""``platformctl tenants``: one registry of tenants, in ``slas/tenants.yml`` and at the limiter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from platformctl_cli.options import JsonOption, WorkspaceOption, YesOption
from platformctl_cli.ratelimit_options import ReasonOption, TokenOption, UrlOption

CheckOption = Annotated[bool, typer.Option("--check", help="Exit 3 when something differs; change nothing.")]


def list_(
    url: UrlOption = None,
    token_file: TokenOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """List the tenants of both sides, and where they differ.

    \b
    Examples:
      platformctl tenants list
      platformctl tenants list --json | jq '.[] | select(.side != "same")'
    """
    from platformctl_cli import tenants_use

    tenants_use.list_both(tenants_use.Sides(url, token_file, workspace), json=json)


def sync(
    prune: Annotated[
        bool, typer.Option("--prune", help="Forget tenants that slas/tenants.yml does not know.")
    ] = False,
    check: CheckOption = False,
    reason: ReasonOption = "platformctl tenants sync",
    yes: YesOption = False,
    url: UrlOption = None,
    token_file: TokenOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Bring what slas/tenants.yml says to the limiter: tenants, their tiers, and tiers it does not know.

    \b
    Examples:
      platformctl tenants sync --check
      platformctl tenants sync --yes
    """
    from platformctl_cli import tenants_use

    sides = tenants_use.Sides(url, token_file, workspace)
    tenants_use.sync(sides, tenants_use.SyncWish(prune=prune, check=check, yes=yes, reason=reason), json=json)


def import_(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", help="CSV or JSON. Without it: the limiter's table.", show_default=False
        ),
    ] = None,
    vertical: Annotated[
        str | None,
        typer.Option("--vertical", help="Of new tenants that come without one.", show_default=False),
    ] = None,
    check: CheckOption = False,
    yes: YesOption = False,
    url: UrlOption = None,
    token_file: TokenOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Bring what the limiter, or a file, knows into slas/tenants.yml; comments and order stay.

    \b
    Examples:
      platformctl tenants import --vertical retail
      platformctl tenants import customers.csv --yes
    """
    from platformctl_cli import tenants_use

    sides = tenants_use.Sides(url, token_file, workspace)
    wish = tenants_use.ImportWish(file=file, vertical=vertical, check=check, yes=yes)
    tenants_use.import_(sides, wish, json=json)


def export(
    format_: Annotated[str, typer.Option("--format", help="csv or json.")] = "csv",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A file.", show_default=False)] = None,
    live: Annotated[
        bool, typer.Option("--live/--offline", help="With the tiers in force at the limiter, or the file's.")
    ] = True,
    url: UrlOption = None,
    token_file: TokenOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write the registry for other systems: id, name, vertical and tier of every tenant.

    \b
    Examples:
      platformctl tenants export > tenants.csv
      platformctl tenants export --format json --offline
    """
    from platformctl_cli import tenants_use

    if format_ not in ("csv", "json"):
        raise typer.BadParameter("--format is csv or json")
    tenants_use.export(tenants_use.Sides(url, token_file, workspace), format_, out, live=live)


VERBS: Final = (list_, sync, import_, export)
tenants: Final = typer.Typer(
    name="tenants", help="Keep the tenants of slas/tenants.yml and of the limiter one.", no_args_is_help=True
)
for _verb in VERBS:
    tenants.command(_verb.__name__.strip("_"))(_verb)
