"""``platformctl pagerduty``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from platformctl_cli.options import JsonOption, WorkspaceOption, YesOption

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from platformctl.app.pagerduty import Opened
    from platformctl.sinks.pagerduty.changes import Plan
    from platformctl.sinks.pagerduty.read import Held

pagerduty: Final = typer.Typer(
    name="pagerduty",
    help="Make a PagerDuty account hold the teams, schedules, policies and services that are defined.",
    no_args_is_help=True,
)

TokenOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        help="Holds a REST API key. Without it: the secret pagerduty-api-token of the workspace.",
        show_default=False,
    ),
]
UrlOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--url", envvar="PLATFORMCTL_PAGERDUTY_URL", help="Accounts in Europe: https://api.eu.pagerduty.com"
    ),
]
PruneOption: TypeAlias = Annotated[
    bool, typer.Option("--prune", help="Delete what we once made and no longer define.")
]
DEFAULT_URL: Final = "https://api.pagerduty.com"


@pagerduty.command()
def plan(
    prune: PruneOption = False,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 when there is something to change.")] = False,
    token_file: TokenOption = None,
    url: UrlOption = DEFAULT_URL,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Show what `apply` would change in the account. Changes nothing.

    \b
    Examples:
      platformctl pagerduty plan
      platformctl pagerduty plan --prune --check --json
    """
    from platformctl.app.pagerduty import plan_account
    from platformctl.errors import DifferencesFound
    from platformctl_cli import show
    from platformctl_cli.pagerduty_report import plan_as_json, show_plan

    with _open(token_file, url, workspace) as opened:
        found, _ = plan_account(opened, prune=prune)
    if json:
        show.as_json(plan_as_json(found))
    else:
        show_plan(found, show.result)
    if check and not found.is_empty:
        raise typer.Exit(DifferencesFound.exit_code)


@pagerduty.command()
def apply(
    prune: PruneOption = False,
    token_file: TokenOption = None,
    url: UrlOption = DEFAULT_URL,
    yes: YesOption = False,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Make the account hold what is defined, and put routing keys into their secret files.

    Touches only objects that carry our tag. A second run changes nothing.

    \b
    Examples:
      platformctl pagerduty apply
      platformctl pagerduty apply --prune --yes
    """
    from platformctl.app.pagerduty import apply_account
    from platformctl_cli import show
    from platformctl_cli.ask import confirm
    from platformctl_cli.pagerduty_report import plan_as_json, show_plan

    def ask(found: Plan) -> bool:
        show_plan(found, show.say)
        return confirm("Apply?", yes=yes)

    with _open(token_file, url, workspace) as opened:
        done = apply_account(opened, prune=prune, confirm=ask, say=show.say)
    if json:
        show.as_json({"applied": plan_as_json(done) if done else None})
    elif done is None:
        show.say("nothing was changed")
    elif done.is_empty:
        show.result("nothing to change")
    else:
        show.result(f"{len(done.changes)} objects and {len(done.keys)} routing keys changed")
        if done.keys:
            show.say("next: platformctl deploy, so that Alertmanager uses the routing keys")


@pagerduty.command("import")
def import_(
    objects: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KIND:NAME...]",
            help="Without any: all whose names are defined here.",
            show_default=False,
        ),
    ] = None,
    token_file: TokenOption = None,
    url: UrlOption = DEFAULT_URL,
    yes: YesOption = False,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Take over objects that exist already: put our tag on them, and change nothing else.

    \b
    Examples:
      platformctl pagerduty import
      platformctl pagerduty import services:checkout teams:platform
    """
    from platformctl.app.pagerduty import adopt
    from platformctl_cli import show
    from platformctl_cli.ask import confirm

    def ask(chosen: tuple[Held, ...]) -> bool:
        for held in chosen:
            show.say(f"take over {held.kind.title} {held.name}")
        return confirm("Take over?", yes=yes)

    with _open(token_file, url, workspace) as opened:
        taken = adopt(opened, objects or (), confirm=ask)
    if json:
        show.as_json({"taken": taken})
        return
    show.result("\n".join(taken) if taken else "nothing was taken over")
    if taken:
        show.say("next: platformctl pagerduty plan shows where they differ from their definitions")


@pagerduty.command()
def export(
    everything: Annotated[
        bool, typer.Option("--all", help="Also what is not ours, as from an account set up by hand.")
    ] = False,
    token_file: TokenOption = None,
    url: UrlOption = DEFAULT_URL,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Print the account's objects as Python definitions, to be taken into alerts_src/oncall.py.

    \b
    Examples:
      platformctl pagerduty export --all > alerts_src/_pagerduty.py
    """
    from platformctl.app import pagerduty as use_case
    from platformctl_cli import show

    with _open(token_file, url, workspace) as opened:
        written = use_case.export(opened, everything=everything)
    if json:
        show.as_json({"source": written.source, "left_out": written.left_out})
        return
    show.result(written.source.rstrip())
    for reason in written.left_out:
        show.say(f"! left out: {reason}")


def _open(token_file: Path | None, url: str, workspace: Path | None) -> AbstractContextManager[Opened]:
    from platformctl.app.pagerduty import AccountRequest, open_account

    return open_account(AccountRequest(workspace=workspace, start=Path.cwd(), token_file=token_file, url=url))
