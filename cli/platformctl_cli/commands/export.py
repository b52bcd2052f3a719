"""``platformctl export``."""

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


class Exportable(StrEnum):
    """What can be exported."""

    METRICS = "metrics"


def export(
    what: Annotated[Exportable, typer.Argument(help="metrics", show_default=False)],  # noqa: ARG001 - one kind so far
    selectors: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SELECTOR...", help="Which series, as up{job='api'}. A series is written once."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write.", show_default=False)
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", help="csv, parquet or jsonl. Without it: by the ending of the file."),
    ] = None,
    period: Annotated[
        str,
        typer.Option(
            "--period", "-p", help="day, week or month (the last that ended), 2026-11-20, 2026-W47, ..."
        ),
    ] = "day",
    start: Annotated[
        str | None, typer.Option("--start", help="In place of a period: the first instant, ISO 8601.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--end", help="Before which instant it ends. Without it: now.")
    ] = None,
    zone: ZoneOption = "UTC",
    step: Annotated[
        str | None, typer.Option("--step", help="The values every 1m, 1h... Without it: samples as stored.")
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Discard what stands there, begun or finished.")
    ] = False,
    prometheus: PrometheusOption = None,
    organisation: OrganisationOption = None,
    user: UserOption = None,
    password_file: PasswordFileOption = None,
    token_file: TokenFileOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Export recorded samples to a file for analysis elsewhere: CSV, Parquet or JSON lines.

    One row a sample. Any size is read in little memory, window by window; an interrupted export goes on
    where it stopped when the same command is run again.

    \b
    Examples:
      platformctl export metrics http_requests_total --period week --out requests.parquet
      platformctl export metrics 'up{job="api"}' process_cpu_seconds_total --step 1m -o api.csv
      platformctl export metrics '{__name__=~"slo:.*"}' --start 2026-11-01 --end 2026-11-08 -o slo.jsonl
    """
    from platformctl.app import export as use_case
    from platformctl.errors import UsageError
    from platformctl.sources.history import Access
    from platformctl_cli import show

    if out is None:
        raise UsageError("no file to write", fix="add --out metrics.csv")
    request = use_case.ExportRequest(
        workspace=workspace,
        here=Path.cwd(),
        access=Access(
            url=prometheus,
            organisation=organisation,
            user=user,
            password_file=password_file,
            token_file=token_file,
        ),
        selectors=tuple(selectors or ()),
        period=period,
        zone=zone,
        start=start,
        end=end,
        step=step,
        out=out,
        form=use_case.form_of(out, form),
    )
    with show.waiting() as (_, wait):
        done = use_case.export(request, wait, restart=restart)
    if json:
        show.as_json(
            {
                "file": str(done.path),
                "start": f"{done.start.isoformat()}",
                "end": f"{done.end.isoformat()}",
                "rows": done.rows,
                "resumed_rows": done.resumed,
            }
        )
    else:
        before = f", {done.resumed} of them from before" if done.resumed else ""
        show.result(
            f"{done.path}: {done.rows} rows{before}, {done.start:%Y-%m-%d %H:%M} to {done.end:%Y-%m-%d %H:%M} UTC"
        )
