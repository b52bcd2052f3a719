"""``platformctl ratelimit rollout``."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from platformctl_cli.options import JsonOption, WorkspaceOption, YesOption
from platformctl_cli.ratelimit_options import ReasonOption, TokenOption, UrlOption


class RolloutChoice(StrEnum):
    """How far the limiter may go."""

    OFF = "off"
    SHADOW = "shadow"
    ENFORCE = "enforce"
    ALL = "all"


def rollout(
    mode: Annotated[
        RolloutChoice | None,
        typer.Argument(
            metavar="[off|shadow|enforce|all]",
            help="Without it: show. `all` takes --tenant back to what holds for all.",
            show_default=False,
        ),
    ] = None,
    percentage: Annotated[
        int | None,
        typer.Option(
            "--percentage",
            "-p",
            min=0,
            max=100,
            help="Of the tenants: the same ones stay in as it grows, the others have a step less.",
            show_default=False,
        ),
    ] = None,
    tenant: Annotated[
        str | None, typer.Option("--tenant", "-t", help="This one only.", show_default=False)
    ] = None,
    reason: ReasonOption = "",
    yes: YesOption = False,
    url: UrlOption = None,
    token_file: TokenOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Show or change how far the limiter goes, everywhere within a second.

    It decides nothing (off), decides and counts without blocking (shadow), or blocks (enforce).

    \b
    Examples:
      platformctl ratelimit rollout
      platformctl ratelimit rollout shadow --yes
      platformctl ratelimit rollout enforce --percentage 20 --reason "first fifth"
      platformctl ratelimit rollout enforce --tenant grand-hotel
      platformctl ratelimit rollout all --tenant grand-hotel
    """
    from platformctl.app import ratelimit
    from platformctl_cli import ratelimit_report as report

    if tenant is not None and (mode is None or percentage is not None):
        raise typer.BadParameter("--tenant takes off, shadow, enforce or all, and no --percentage")
    if tenant is None and mode is RolloutChoice.ALL:
        raise typer.BadParameter("`all` takes a --tenant back to what holds for all")
    api = report.api(url, token_file, workspace)
    if tenant is not None and mode is not None:
        own = None if mode is RolloutChoice.ALL else mode.value
        report.shown(ratelimit.set_tenant_rollout(api, tenant, own, reason=reason), json=json)
    elif mode is None and percentage is None:
        report.rollout(ratelimit.rollout(api), json=json)
    else:
        report.confirm("This is for all tenants but those by name. Go on?", yes=yes)
        percent = 100 if percentage is None else percentage
        report.rollout(
            ratelimit.set_rollout(api, mode.value if mode else None, percent=percent, reason=reason),
            json=json,
        )
