"""Options that several commands share, each declared once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer


class LevelChoice(StrEnum):
    """The values of ``--level``."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


class RuntimeChoice(StrEnum):
    """The values of ``--runtime``."""

    COMPOSE = "compose"
    NATIVE = "native"


WorkspaceOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        "-w",
        help="The workspace folder. Without it: the nearest one above the current folder, else the built-in one.",
        show_default=False,
    ),
]
RuntimeOption: TypeAlias = Annotated[
    RuntimeChoice | None,
    typer.Option(
        "--runtime", help="How components run. Without it, the better one that works here is chosen."
    ),
]
DemoOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--demo/--no-demo", help="With the demo platform, which gives the stack something to watch."
    ),
]
JsonOption: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print one JSON document instead of text.")
]
YesOption: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
