"""``platformctl sla-report``."""

from __future__ import annotations

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


def sla_report(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[schedule systemd|cron|compose | verify [SEAL]...]",
            help="Instead of a report: write files into --out that make one after each period; "
            "or hold the ledger against its seals.",
            show_default=False,
        ),
    ] = None,
    period: Annotated[
        str,
        typer.Option(
            "--period",
            "-p",
            help="day, week or month (the last that ended), or 2026-11-20, 2026-W47, 2026-11, "
            "2026-11-01..2026-11-14, 2026-11-20T14:00..2026-11-20T16:30.",
        ),
    ] = "week",
    zone: ZoneOption = "UTC",
    tenant: Annotated[str | None, typer.Option("--tenant", help="One tenant's own report.")] = None,
    tier: Annotated[str | None, typer.Option("--tier", help="The tenants of a tier.")] = None,
    vertical: Annotated[str | None, typer.Option("--vertical", help="The tenants of a vertical.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="A folder for Markdown, HTML, CSV and JSON files.", show_default=False
        ),
    ] = None,
    documents: Annotated[
        bool, typer.Option("--documents", help="With --out: a document for each tenant as well, in tenants/.")
    ] = False,
    pdf: Annotated[
        bool,
        typer.Option("--pdf", help="With --out or --deliver: the HTML as PDF (needs platformctl[report])."),
    ] = False,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="With --out: a workbook as well.")] = False,
    deliver: Annotated[
        bool, typer.Option("--deliver", help="Send it to those whom slas/delivery.yml names.")
    ] = False,
    close: Annotated[
        bool, typer.Option("--close", help="Enter the figures of a period that is over in the ledger.")
    ] = False,
    restate: Annotated[
        str | None,
        typer.Option("--restate", help="With --close: why figures differ from those stated before."),
    ] = None,
    fail_on_breach: Annotated[
        bool, typer.Option("--fail-on-breach", help="Exit 3 when an objective was not met.")
    ] = False,
    at: Annotated[
        str, typer.Option("--at", help="With schedule: the time of day, by the clock of the zone.")
    ] = "06:00",
    prometheus: PrometheusOption = None,
    organisation: OrganisationOption = None,
    headers: Annotated[
        list[str] | None,
        typer.Option(
            "--header", help="Sent with each query, as NAME=VALUE: THANOS-TENANT=team-a. May be repeated."
        ),
    ] = None,
    user: UserOption = None,
    password_file: PasswordFileOption = None,
    token_file: TokenFileOption = None,
    timeout: Annotated[int, typer.Option("--timeout", min=1, help="Seconds that a query may take.")] = 120,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Report what was promised and what came of it: availability, budgets, downtime, credits.

    Every figure comes from recorded increments and can be traced to a query in the appendix.

    \b
    Examples:
      platformctl sla-report --period 2026-W47 --zone Europe/Berlin
      platformctl sla-report --tenant grand-hotel --period month --out reports
      platformctl sla-report --documents --out reports --deliver
      platformctl sla-report --period month --close
      platformctl sla-report verify 3f0c9a1b22de
      platformctl sla-report schedule systemd --period week --deliver --out units
    """
    from platformctl.app import sla_report as use_case
    from platformctl.app.sla_files import Forms
    from platformctl.sources.history import Access, headers_of
    from platformctl_cli import sla_use

    asked = sla_use.Asked(
        request=use_case.ReportRequest(
            workspace=workspace,
            start=Path.cwd(),
            access=Access(
                url=prometheus,
                organisation=organisation,
                headers=headers_of(headers or []),
                user=user,
                password_file=password_file,
                token_file=token_file,
                timeout_s=timeout,
            ),
            period=period,
            zone=zone,
            scope=use_case.scope_of(tenant=tenant, tier=tier, vertical=vertical),
        ),
        forms=Forms(folder=out, pdf=pdf, xlsx=xlsx) if out else None,
        pdf=pdf,
        xlsx=xlsx,
        documents=documents,
        deliver=deliver,
        close=close,
        restate=restate,
        fail_on_breach=fail_on_breach,
        json=json,
    )
    match words or []:
        case []:
            sla_use.report(asked)
        case ["schedule", kind]:
            sla_use.schedule(asked, kind, at)
        case ["verify", *seals]:
            sla_use.verify(asked, seals)
        case _:
            raise typer.BadParameter("write: sla-report schedule systemd, cron or compose; or verify")
