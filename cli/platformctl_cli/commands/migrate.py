"""``platformctl migrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from platformctl_cli.options import JsonOption

migrate: Final = typer.Typer(
    name="migrate", help="Files of tools that have ended, for their successors.", no_args_is_help=True
)


@migrate.callback()
def _group() -> None:
    pass


@migrate.command("promtail-to-alloy")
def promtail_to_alloy(
    file: Annotated[Path, typer.Argument(help="A Promtail file.")],
    json: JsonOption = False,
) -> None:
    """Print Alloy's equivalent of a Promtail file, and tell what of it has none.

    Promtail reached its end of life in March 2026. Positions are taken over, so that no line is sent twice;
    secrets are not copied.

    \b
    Examples:
      platformctl migrate promtail-to-alloy /etc/promtail/config.yml > config.alloy
    """
    from platformctl.app.migrate import promtail_to_alloy as convert
    from platformctl_cli import show

    found = convert(file)
    if json:
        show.as_json({"config": found.text, "left_out": found.left_out})
        return
    show.result(found.text.rstrip())
    for note in found.left_out:
        show.say(f"! {note}")
    if not found.left_out:
        show.say("all of it was converted")
