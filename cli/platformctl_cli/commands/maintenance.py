"""``platformctl maintenance``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from platformctl_cli.commands.pagerduty import DEFAULT_URL, TokenOption, UrlOption
from platformctl_cli.options import JsonOption, WorkspaceOption

if TYPE_CHECKING:
    from platformctl.app.maintenance import Access
    from platformctl.model.maintenance import Scope

maintenance: Final = typer.Typer(
    name="maintenance",
    help="Announced work: silences and PagerDuty windows together, recorded for SLA reports.",
    no_args_is_help=True,
)
Names: TypeAlias = list[str] | None


@maintenance.command()
def start(
    length: Annotated[str, typer.Option("--for", help="How long: 30m, 2h.")],
    reason: Annotated[str, typer.Option("--reason", help="Shown in silences, on dashboards and in reports.")],
    tenant: Annotated[Names, typer.Option("--tenant", help="May be given several times.")] = None,
    service: Annotated[
        Names, typer.Option("--service", help="A component, as alerts name it in `job`.")
    ] = None,
    tier: Annotated[Names, typer.Option("--tier", help="All tenants of a tier.")] = None,
    at: Annotated[
        str, typer.Option("--at", help="When it begins, as 2026-11-21T02:00+01:00. Without it: now.")
    ] = "",
    pagerduty: Annotated[
        Names, typer.Option("--pagerduty", help="A PagerDuty service to hold still besides.")
    ] = None,
    token_file: TokenOption = None,
    url: UrlOption = DEFAULT_URL,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Open a maintenance window: in Alertmanager and PagerDuty together, or in neither.

    Contracts decide in slas/maintenance.yml whether SLA reports count the time.

    \b
    Examples:
      platformctl maintenance start --tenant grand-hotel --for 2h --reason "Import of rooms"
      platformctl maintenance start --service demo-api --at 2026-11-21T02:00+01:00 --for 1h --reason Upgrade
    """
    from platformctl.app import maintenance as use_case
    from platformctl.model.units import Duration
    from platformctl_cli import show
    from platformctl_cli.maintenance_report import show_told, told_as_json

    wanted = use_case.StartRequest(
        scope=_scope(tenant, service, tier),
        length=Duration.parse(length),
        reason=reason,
        at=at,
        pagerduty=tuple(pagerduty or ()),
    )
    told = use_case.start(_access(token_file, url, workspace), wanted)
    if json:
        show.as_json(told_as_json(told))
        return
    show_told((told,))
    show.say(f"next: platformctl maintenance end {told.window.id} ends it early")


@maintenance.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="All that were ever opened.")] = False,
    token_file: TokenOption = None,
    url: UrlOption = DEFAULT_URL,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """List windows that are open, planned, or were over within a week.

    \b
    Examples:
      platformctl maintenance list
      platformctl maintenance list --all --json
    """
    from platformctl.app import maintenance as use_case
    from platformctl_cli import show
    from platformctl_cli.maintenance_report import show_told, told_as_json

    told = use_case.list_windows(_access(token_file, url, workspace), everything=everything)
    if json:
        show.as_json({"windows": [told_as_json(each) for each in told]})
    else:
        show_told(told)


@maintenance.command()
def end(
    window: Annotated[str, typer.Argument(help="Its id, as `list` shows it.")],
    token_file: TokenOption = None,
    url: UrlOption = DEFAULT_URL,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """End a window now, or call off one that has not begun.

    \b
    Examples:
      platformctl maintenance end m-20261121-0200-1
    """
    from platformctl.app import maintenance as use_case
    from platformctl_cli import show
    from platformctl_cli.maintenance_report import show_told, told_as_json

    told = use_case.end(_access(token_file, url, workspace), window)
    if json:
        show.as_json(told_as_json(told))
    else:
        show_told((told,))


@maintenance.command()
def sync(
    ahead: Annotated[str, typer.Option("--ahead", help="How far to look.")] = "8d",
    token_file: TokenOption = None,
    url: UrlOption = DEFAULT_URL,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Open what is to come of the recurring windows in slas/maintenance.yml. Run it daily.

    A second run opens nothing twice.

    \b
    Examples:
      platformctl maintenance sync
      platformctl maintenance sync --ahead 2d
    """
    from platformctl.app import maintenance as use_case
    from platformctl.model.units import Duration
    from platformctl_cli import show
    from platformctl_cli.maintenance_report import show_told, told_as_json

    told = use_case.sync(_access(token_file, url, workspace), Duration.parse(ahead))
    if json:
        show.as_json({"windows": [told_as_json(each) for each in told]})
    else:
        show_told(told)


def _scope(tenant: Names, service: Names, tier: Names) -> Scope:
    from platformctl.errors import UsageError
    from platformctl.model.maintenance import Scope, ScopeKind

    given = {ScopeKind.TENANT: tenant, ScopeKind.SERVICE: service, ScopeKind.TIER: tier}
    chosen = [Scope(kind=kind, names=tuple(names)) for kind, names in given.items() if names]
    if len(chosen) != 1:
        raise UsageError(
            "a window is for tenants, services or tiers: for just one kind of them",
            fix="give --tenant, --service or --tier",
        )
    return chosen[0]


def _access(token_file: Path | None, url: str, workspace: Path | None) -> Access:
    from platformctl.app.maintenance import Access
    from platformctl.app.session import Request

    request = Request(workspace=workspace, start=Path.cwd())
    return Access(request=request, token_file=token_file, pagerduty_url=url)
