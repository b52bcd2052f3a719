"""``platformctl generate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platformctl_cli.options import DemoOption, RuntimeChoice, WorkspaceOption


def generate(
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The folder to write the release tree into.")
    ] = Path("release"),
    runtime: Annotated[RuntimeChoice, typer.Option(help="For which runtime.")] = RuntimeChoice.COMPOSE,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 3 when the tree on disk differs.")
    ] = False,
    demo: DemoOption = True,
    workspace: WorkspaceOption = None,
) -> None:
    """Write the release tree: every configuration file, rule, test and dashboard.

    \b
    Examples:
      platformctl generate --out release          a self-contained folder for docker compose
      platformctl generate --out release --check  in CI: are the committed files current?
    """
    from platformctl.app.generate import differences, generate_tree
    from platformctl.app.session import Request
    from platformctl.errors import DifferencesFound
    from platformctl.model.site import RuntimeName
    from platformctl_cli import show

    request = Request(workspace=workspace, start=Path.cwd(), runtime=RuntimeName(runtime), demo=demo)
    if check:
        if found := differences(request, out):
            for line in found:
                show.result(line)
            raise DifferencesFound(
                f"{len(found)} files differ from the definitions",
                where=str(out),
                fix=f"platformctl generate --out {out}",
            )
        show.result(f"{out}: current")
        return
    show.result(f"{out}: {generate_tree(request, out)} files")
