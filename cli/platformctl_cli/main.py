"""The entry point: the command table, and the only place where an exception becomes an exit code."""

from __future__ import annotations

import typer

app = typer.Typer(name="platformctl", no_args_is_help=True)


def main() -> None:
    """Run the command line."""
    app()
