"""``platformctl slo``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from platformctl_cli.options import JsonOption, WorkspaceOption

slo: Final = typer.Typer(
    name="slo", help="Objectives out to OpenSLO v1 and in from it.", no_args_is_help=True
)


@slo.command()
def export(workspace: WorkspaceOption = None) -> None:
    """Print every objective of tiers and contracts as OpenSLO v1.

    \b
    Examples:
      platformctl slo export > objectives.yml
    """
    from platformctl.app.openslo import export_objectives
    from platformctl_cli import show

    show.result(export_objectives(workspace, start=Path.cwd()).rstrip())


@slo.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="OpenSLO v1, one document or several.")],
    tier: Annotated[
        str, typer.Option("--tier", help="Whose promises SLOs without a label `tier` or `tenant` are.")
    ] = "",
    write: Annotated[
        bool, typer.Option("--write", help="Put them into slas/; without it, only tell.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 when objectives differ.")] = False,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Show where OpenSLO objectives differ from ours; with --write, make ours the same.

    SLOs that have no counterpart here (time slices, calendar windows, other indicators) are named and left out.

    \b
    Examples:
      platformctl slo import objectives.yml
      platformctl slo import vendor.yml --tier gold --write
    """
    from platformctl.app.openslo import import_objectives
    from platformctl.errors import DifferencesFound
    from platformctl_cli import show
    from platformctl_cli.openslo_report import imported_as_json, show_imported

    found = import_objectives(workspace, start=Path.cwd(), file=file, tier=tier, write=write)
    if json:
        show.as_json(imported_as_json(found, written=write))
    else:
        show_imported(found, written=write)
    if check and found.changes:
        raise typer.Exit(DifferencesFound.exit_code)
