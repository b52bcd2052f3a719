"""The entry point: the command table, and the only place where an exception becomes an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Annotated, Final

import typer

from platformctl.errors import PlatformError
from platformctl_cli import show
from platformctl_cli.commands.audit import audit
from platformctl_cli.commands.backup import backup
from platformctl_cli.commands.baseline import baseline
from platformctl_cli.commands.check import check
from platformctl_cli.commands.dashboard import dashboard
from platformctl_cli.commands.deploy import deploy
from platformctl_cli.commands.doctor import doctor
from platformctl_cli.commands.down import down
from platformctl_cli.commands.drift import drift
from platformctl_cli.commands.export import export
from platformctl_cli.commands.generate import generate
from platformctl_cli.commands.history import history
from platformctl_cli.commands.init import init
from platformctl_cli.commands.insight import insight
from platformctl_cli.commands.instrument import instrument
from platformctl_cli.commands.logs import logs
from platformctl_cli.commands.maintenance import maintenance
from platformctl_cli.commands.pagerduty import pagerduty
from platformctl_cli.commands.plan import plan
from platformctl_cli.commands.preview import preview
from platformctl_cli.commands.ratelimit import ratelimit
from platformctl_cli.commands.restore import restore
from platformctl_cli.commands.rollback import rollback
from platformctl_cli.commands.runbook import runbook
from platformctl_cli.commands.scaffold_tests import scaffold_tests
from platformctl_cli.commands.schema import schema
from platformctl_cli.commands.sla_report import sla_report
from platformctl_cli.commands.slo import slo
from platformctl_cli.commands.status import status
from platformctl_cli.commands.tenants import tenants
from platformctl_cli.commands.test_alerts import test_alerts
from platformctl_cli.commands.trace import trace

COMMANDS: Final[tuple[Callable[..., None], ...]] = (
    init,
    generate,
    check,
    plan,
    deploy,
    status,
    history,
    rollback,
    drift,
    audit,
    backup,
    restore,
    logs,
    trace,
    preview,
    down,
    runbook,
    test_alerts,
    sla_report,
    insight,
    baseline,
    export,
    scaffold_tests,
    schema,
    doctor,
)
GROUPS: Final[tuple[typer.Typer, ...]] = (
    dashboard,
    instrument,
    maintenance,
    pagerduty,
    ratelimit,
    slo,
    tenants,
)

app: Final = typer.Typer(
    name="platformctl",
    help="Observability stack-as-code for multi-tenant platforms: typed Python in, a watched platform out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in COMMANDS:
    app.command(_command.__name__.replace("_", "-"))(_command)
for _group in GROUPS:
    app.add_typer(_group)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        show.result(f"platformctl {version('platformctl')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line."""
    try:
        app()
    except PlatformError as error:
        show.failure(error, json_wanted="--json" in sys.argv)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader has gone: `platformctl plan | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
