"""``platformctl ratelimit load-test``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platformctl_cli.options import JsonOption


def load_test(
    url: Annotated[str, typer.Argument(metavar="URL", help="What to ask for.")],
    rate: Annotated[float, typer.Option("--rate", help="Requests a second, evenly; at most 2000.")] = 50,
    seconds: Annotated[float, typer.Option("--seconds", "-s", help="How long; at most 300.")] = 10,
    connections: Annotated[int, typer.Option("--connections", "-c", help="At once; at most 64.")] = 16,
    method: Annotated[str, typer.Option("--method")] = "GET",
    header: Annotated[
        list[str] | None, typer.Option("--header", "-H", help="A header, such as 'Accept: text/html'.")
    ] = None,
    bearer_file: Annotated[
        Path | None,
        typer.Option(
            "--bearer-file", help="A file with the token that names the tenant.", show_default=False
        ),
    ] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(
            "--limit", help="What should hold: 100/60 is 100 in 60 s. Default: what the answers say."
        ),
    ] = None,
    algorithm: Annotated[
        str, typer.Option("--algorithm", help="sliding-window, smooth or sliding-log.")
    ] = "sliding-window",
    allow_remote: Annotated[
        str | None,
        typer.Option(
            "--allow-remote", help="The host, where it is not this machine and you may.", show_default=False
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Send a steady, bounded load and judge the limiter: offered, admitted, denied, latency, accuracy.

    Use a tenant that nobody else spends the budget of. Exits 1 when the limiter was not accurate.

    \b
    Examples:
      platformctl ratelimit load-test http://127.0.0.1:8080/api/bookings --rate 100 --bearer-file token
      platformctl ratelimit load-test http://127.0.0.1:8080/ --rate 40 --seconds 30 --limit 600/60 --limit 20/1
    """
    from platformctl.app.ratelimit_load import Load, run
    from platformctl.app.ratelimit_model import Algorithm, limits_told
    from platformctl_cli import load_report as report

    if algorithm not in list(Algorithm):
        raise typer.BadParameter(f"--algorithm is {', '.join(Algorithm)}")
    counting = Algorithm(algorithm)
    load = Load(
        url=url,
        rate=rate,
        seconds=seconds,
        connections=connections,
        method=method,
        headers=report.headers(header or [], bearer_file),
        limits=limits_told(limit or (), counting),
        algorithm=counting,
        remote=allow_remote,
    )
    with report.live(json=json) as progress:
        result = run(load, progress)
    report.verdict(result, json=json)
    if result.problems:
        raise typer.Exit(1)
