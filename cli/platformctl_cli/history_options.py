"""The options by which commands find a recorded history and are let in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

PrometheusOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--prometheus",
        envvar="PLATFORMCTL_PROMETHEUS",
        help="URL of the Prometheus, Thanos or Mimir to read. Without it: the deployed one.",
        show_default=False,
    ),
]
OrganisationOption: TypeAlias = Annotated[
    str | None, typer.Option("--org", help="Sent as X-Scope-OrgID, for Mimir.")
]
UserOption: TypeAlias = Annotated[str | None, typer.Option("--user", help="With --password-file.")]
PasswordFileOption: TypeAlias = Annotated[
    Path | None, typer.Option("--password-file", help="Holds the password.")
]
TokenFileOption: TypeAlias = Annotated[
    Path | None, typer.Option("--token-file", help="Holds a bearer token.")
]
ZoneOption: TypeAlias = Annotated[
    str, typer.Option("--zone", help="The time zone whose days and weeks are meant.")
]
