"""``platformctl sla-report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platformctl_cli.options import JsonOption, WorkspaceOption


def sla_report(
    period: Annotated[
        str,
        typer.Option(
            "--period",
            "-p",
            help="day, week or month (the last that ended), or 2026-11-20, 2026-W47, 2026-11, "
            "2026-11-01..2026-11-14.",
        ),
    ] = "week",
    zone: Annotated[
        str, typer.Option("--zone", help="The time zone whose days and weeks are meant.")
    ] = "UTC",
    tenant: Annotated[str | None, typer.Option("--tenant", help="One tenant's own report.")] = None,
    tier: Annotated[str | None, typer.Option("--tier", help="The tenants of a tier.")] = None,
    vertical: Annotated[str | None, typer.Option("--vertical", help="The tenants of a vertical.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="A folder for Markdown, HTML, CSV and JSON files.", show_default=False
        ),
    ] = None,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="With --out: print the HTML as PDF (needs platformctl[report]).")
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
    prometheus: Annotated[
        str | None,
        typer.Option(
            "--prometheus",
            envvar="PLATFORMCTL_PROMETHEUS",
            help="URL of the Prometheus, Thanos or Mimir to read. Without it: the deployed one.",
            show_default=False,
        ),
    ] = None,
    organisation: Annotated[
        str | None, typer.Option("--org", help="Sent as X-Scope-OrgID, for Mimir.")
    ] = None,
    user: Annotated[str | None, typer.Option("--user", help="With --password-file.")] = None,
    password_file: Annotated[Path | None, typer.Option("--password-file", help="Holds the password.")] = None,
    token_file: Annotated[Path | None, typer.Option("--token-file", help="Holds a bearer token.")] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Report what was promised and what came of it: availability, budgets, downtime, credits.

    Every figure comes from recorded increments and can be traced to a query in the appendix.

    \b
    Examples:
      platformctl sla-report --period 2026-W47 --zone Europe/Berlin
      platformctl sla-report --tenant grand-hotel --period month --out reports
      platformctl sla-report --period month --close
    """
    from platformctl.app import sla_files
    from platformctl.app import sla_report as use_case
    from platformctl.sla import codec
    from platformctl.sources.history import Access
    from platformctl_cli import show
    from platformctl_cli.sla import show_report

    request = use_case.ReportRequest(
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
        scope=use_case.scope_of(tenant=tenant, tier=tier, vertical=vertical),
    )
    with show.waiting() as (_, wait):
        made = use_case.make_report(request, wait)
    report = made.report
    if close:
        entry = sla_files.close_period(made, reason=restate)
        show.say(
            f"entered in the ledger as statement {entry.number}" if entry else "the ledger states the same"
        )
    if out:
        for path in sla_files.write_files(report, out, pdf=pdf):
            show.say(f"wrote {path}")
    if json:
        show.as_json(codec.to_json(report))
    else:
        show_report(report)
    if fail_on_breach:
        use_case.refuse_breach(report)
