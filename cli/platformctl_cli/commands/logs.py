"""``platformctl logs``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platformctl_cli.options import JsonOption, LevelChoice, WorkspaceOption

if TYPE_CHECKING:
    from platformctl.app.logs_search import Search
    from platformctl.app.session import Request


def logs(
    component: Annotated[
        str | None,
        typer.Argument(
            help="A component, as `platformctl status` names it: all that it wrote, as it wrote it."
        ),
    ] = None,
    tenant: Annotated[str, typer.Option("--tenant", help="Of this tenant.", show_default=False)] = "",
    all_tenants: Annotated[
        bool, typer.Option("--all-tenants", help="Every line of every tenant, not only the grave ones.")
    ] = False,
    service: Annotated[str, typer.Option("--service", help="Of this service.", show_default=False)] = "",
    level: Annotated[
        LevelChoice | None, typer.Option("--level", help="Of this level or a graver one.")
    ] = None,
    request_id: Annotated[
        str, typer.Option("--request-id", help="Of this request.", show_default=False)
    ] = "",
    trace_id: Annotated[str, typer.Option("--trace-id", help="Of this trace.", show_default=False)] = "",
    grep: Annotated[
        str, typer.Option("--grep", help="In which this regular expression is found.", show_default=False)
    ] = "",
    since: Annotated[
        str,
        typer.Option(
            "--since", help="From when on: 15m ago, or 2026-11-23T14:05, in UTC. [1h]", show_default=False
        ),
    ] = "",
    until: Annotated[
        str, typer.Option("--until", help="Until when. Without it: now.", show_default=False)
    ] = "",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with lines to come.")] = False,
    tail: Annotated[
        int, typer.Option("--tail", "-n", min=0, help="Of a component: how many lines from the end.")
    ] = 100,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Print the query in LogQL and where it would be asked; ask nothing."),
    ] = False,
    loki: Annotated[str, typer.Option("--loki", help="host:port of another Loki.", show_default=False)] = "",
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Show log lines: of services by tenant, request, level or text, or all that a component wrote.

    Lines come from Loki where it runs, else, natively, from the files that the agent would read; any number
    of them, the oldest first. --json prints one JSON object a line.

    Without --tenant Loki shows of all tenants what is grave, and the gateway's lines, for as long as operators keep
    those; of one request, by its id, every line of its tenant; with --all-tenants, every line there is.

    \b
    Examples:
      platformctl logs --request-id 8f14e45fceea167a
      platformctl logs --tenant grand-hotel --level error --since 2h
      platformctl logs --service demo-api --grep 'timeout|refused' --follow
      platformctl logs --tenant grand-hotel --since 7d --csv > lines.csv
      platformctl logs prometheus -f
    """
    from platformctl.app.logs_search import Search
    from platformctl.app.session import Request
    from platformctl.model.log_query import Level

    base = Request(workspace=workspace, start=Path.cwd())
    search = Search(
        base=base, tenant=tenant, all_tenants=all_tenants, service=service, level=Level(level) if level else None,
        request_id=request_id, trace_id=trace_id, grep=grep, since=since or "1h", until=until, loki=loki,
    )  # fmt: skip
    filtered = any(
        (
            tenant,
            all_tenants,
            service,
            level,
            request_id,
            trace_id,
            grep,
            since,
            until,
            loki,
            explain,
            csv,
            json,
        )
    )
    if component is None:
        _search(search, explain=explain, follow=follow, csv=csv, json=json)
    elif filtered:
        _refuse(component)
    else:
        _component(base, component, tail=tail, follow=follow)


def _component(base: Request, component: str, *, tail: int, follow: bool) -> None:
    from platformctl.app.logs import log_lines
    from platformctl_cli import show

    for line in log_lines(base, component, tail=tail, follow=follow):
        show.result(line)


def _refuse(component: str) -> None:
    from platformctl.errors import UsageError

    raise UsageError(
        f"{component}'s own lines are shown as they are: filters go with --service",
        fix=f"platformctl logs --service {component}",
    )


def _search(search: Search, *, explain: bool, follow: bool, csv: bool, json: bool) -> None:
    from dataclasses import asdict

    from platformctl.app import logs_search
    from platformctl_cli import log_report, show

    if explain:
        explained = logs_search.explain(search)
        show.as_json(asdict(explained)) if json else log_report.show_explained(explained)
        return
    lines = (logs_search.follow_lines if follow else logs_search.search_lines)(search)
    if csv:
        log_report.show_csv(lines)
    elif json:
        log_report.show_json(lines)
    else:
        log_report.show_text(lines)
