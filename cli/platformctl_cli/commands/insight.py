"""``platformctl insight``."""

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


class Cut(StrEnum):
    """How the figures are cut."""

    EXECUTIVE = "executive"
    VERTICALS = "verticals"
    PEERS = "peers"


def insight(
    cut: Annotated[Cut, typer.Argument(help="executive, verticals or peers", show_default=False)],
    tenant: Annotated[str | None, typer.Option("--tenant", help="With peers: whose comparison.")] = None,
    period: Annotated[
        str,
        typer.Option(
            "--period", "-p", help="day, week or month (the last that ended), 2026-W47, 2026-11, ..."
        ),
    ] = "month",
    zone: ZoneOption = "UTC",
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="A folder for HTML, Markdown and JSON files.", show_default=False),
    ] = None,
    prometheus: PrometheusOption = None,
    organisation: OrganisationOption = None,
    user: UserOption = None,
    password_file: PasswordFileOption = None,
    token_file: TokenFileOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Sum a period up: for the board, by vertical and tier, or one tenant among its peers.

    The figures are those of sla-report, beside what tenants did and what it brought. A peer comparison is for
    the tenant itself: it tells nothing of any other one, and needs at least five of them.

    \b
    Examples:
      platformctl insight executive --period 2026-10 --zone Europe/Berlin --out reports
      platformctl insight verticals --period week
      platformctl insight peers --tenant grand-hotel --out reports
    """
    from platformctl.app import benchmark as use_case
    from platformctl.app.benchmark_files import write_page
    from platformctl.app.sla_report import ReportRequest
    from platformctl.errors import UsageError
    from platformctl.render.insight import data, view
    from platformctl.sources.history import Access
    from platformctl_cli import show
    from platformctl_cli.insight_report import show_page

    if (cut is Cut.PEERS) != (tenant is not None):
        raise UsageError(
            "a comparison with peers is for one tenant", fix="platformctl insight peers --tenant ID"
        )
    request = ReportRequest(
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
        if tenant is not None:
            compared = use_case.compare_with_peers(request, tenant, wait)
            told = (compared.report, compared.tenant, compared.group, compared.standings)
            page, figures, name = (
                view.peer_page(*told, compared.queries),
                data.peers(*told),
                compared.period.name,
            )
        else:
            made = use_case.make_benchmark(request, wait)
            page = view.executive(made) if cut is Cut.EXECUTIVE else view.verticals(made)
            figures, name = data.benchmark(made), made.period.name
    if out:
        stem = "-".join(part for part in (str(cut), name.replace("..", "_"), tenant) if part)
        for path in write_page(page, figures, out, stem):
            show.say(f"wrote {path}")
    if json:
        show.as_json(figures)
    else:
        show_page(page)
