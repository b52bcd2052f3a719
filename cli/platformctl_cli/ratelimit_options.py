"""Options of the commands that talk to the limiter's admin API, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

UrlOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--url",
        help="The admin API (PLATFORMCTL_RATELIMIT_URL). Without it: that of the workspace's deployment.",
        show_default=False,
    ),
]
TokenOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        help="The admin's token (PLATFORMCTL_RATELIMIT_TOKEN_FILE). Without it: the workspace's secret.",
        show_default=False,
    ),
]
ReasonOption: TypeAlias = Annotated[str, typer.Option("--reason", "-r", help="Why: for the audit trail.")]
