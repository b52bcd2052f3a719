"""``platformctl baseline``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from platformctl_cli.history_options import (
    OrganisationOption,
    PasswordFileOption,
    PrometheusOption,
    TokenFileOption,
    UserOption,
    ZoneOption,
)
from platformctl_cli.options import JsonOption, WorkspaceOption


class Action(StrEnum):
    """What to do with baselines."""

    RECORD = "record"
    SHOW = "show"
    COMPARE = "compare"


def baseline(
    action: Annotated[Action, typer.Argument(help="record, show or compare", show_default=False)],
    period: Annotated[
        str | None,
        typer.Option(
            "--period",
            "-p",
            help="What to record or compare: week, 2026-W47, 2026-10-05..2026-11-01. Without it: four whole weeks.",
            show_default=False,
        ),
    ] = None,
    zone: ZoneOption = "UTC",
    reason: Annotated[
        str, typer.Option("--reason", help="With record: why, for those who read it later.")
    ] = "",
    version: Annotated[
        int | None, typer.Option("--version", help="Which version. Without it: the last.", show_default=False)
    ] = None,
    other: Annotated[
        int | None,
        typer.Option("--with", help="Compare with another version, not with a period.", show_default=False),
    ] = None,
    subject: Annotated[
        str | None,
        typer.Option("--subject", help="With show: the week of the endpoints and tiers that hold this text."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="With compare: exit 3 when something is slower by --threshold.")
    ] = False,
    threshold: Annotated[float, typer.Option("--threshold", min=1.01, help="How many times slower.")] = 1.25,
    prometheus: PrometheusOption = None,
    organisation: OrganisationOption = None,
    user: UserOption = None,
    password_file: PasswordFileOption = None,
    token_file: TokenFileOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Record how fast the platform usually answers, and compare other times with it.

    Percentiles by endpoint and by tier for each hour of the week, versioned in slas/baselines. The next
    deployment holds the present against the last version: EndpointSlowerThanBaseline, TierSlowerThanBaseline.

    \b
    Examples:
      platformctl baseline record --zone Europe/Berlin --reason "after the new cache"
      platformctl baseline show --subject /items
      platformctl baseline compare --period 2026-W47 --check
      platformctl baseline compare --version 1 --with 2
    """
    from platformctl.app import baseline as use_case
    from platformctl.sources.history import Access
    from platformctl_cli import baseline_report, show

    request = use_case.BaselineRequest(
        workspace=workspace,
        start=Path.cwd(),
        access=Access(
            url=prometheus,
            organisation=organisation,
            user=user,
            password_file=password_file,
            token_file=token_file,
        ),
        period=period,
        zone=zone,
    )
    with show.waiting() as (_, wait):
        match action:
            case Action.RECORD:
                path, recorded = use_case.record(request, wait, reason=reason)
            case Action.SHOW:
                recorded = use_case.show(request, version)
            case Action.COMPARE:
                compared = use_case.compare(request, wait, version=version, other=other)
    match action:
        case Action.RECORD:
            baseline_report.show_recorded(recorded, path, json=json)
        case Action.SHOW:
            baseline_report.show_baseline(recorded, subject, json=json)
        case Action.COMPARE:
            baseline_report.show_compared(compared, json=json)
            if check:
                use_case.refuse_slower(compared, threshold=threshold)
