"""The entry point: the command table, and the only place where an exception becomes an exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Annotated, Final, TypeAlias

import typer

from platformctl.errors import PlatformError
from platformctl_cli import show

Command: TypeAlias = Callable[..., None] | typer.Typer
"""A command, or a group of them."""

COMMANDS: Final = (
    "init",
    "generate",
    "check",
    "plan",
    "deploy",
    "status",
    "history",
    "rollback",
    "drift",
    "audit",
    "backup",
    "restore",
    "logs",
    "trace",
    "preview",
    "down",
    "runbook",
    "test-alerts",
    "sla-report",
    "insight",
    "baseline",
    "export",
    "scaffold-tests",
    "schema",
    "doctor",
    "dashboard",
    "instrument",
    "maintenance",
    "migrate",
    "pagerduty",
    "ratelimit",
    "slo",
    "tenants",
)
"""Each is the object of its own name in the module of that name: a call loads the one that it names."""


def command_line(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """The application with these commands."""
    app = typer.Typer(
        name="platformctl",
        help="Observability stack-as-code for multi-tenant platforms: typed Python in, a watched platform out.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for name in names:
        command = _loaded(name)
        if isinstance(command, typer.Typer):
            app.add_typer(command)
        else:
            app.command(name)(command)
    return app


def _loaded(name: str) -> Command:
    attribute = name.replace("-", "_")
    found: Command = getattr(import_module(f"platformctl_cli.commands.{attribute}"), attribute)
    return found


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        show.result(f"platformctl {version('platformctl')}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line. Where the first word is no command, all are loaded: to list them, or to complete it."""
    gc.set_threshold(
        100_000, 50, 50
    )  # of 10,000 tenants everything stays: looking for what does not took 0.4 s
    named = [word for word in sys.argv[1:2] if word in COMMANDS]
    try:
        command_line(named or COMMANDS)()
    except PlatformError as error:
        show.failure(error, json_wanted="--json" in sys.argv)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader has gone: `platformctl plan | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
