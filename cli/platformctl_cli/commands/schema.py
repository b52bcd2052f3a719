"""``platformctl schema``."""

from __future__ import annotations

from typing import Annotated

import typer


def schema(name: Annotated[str, typer.Argument(help="tiers or tenants")]) -> None:
    """Print the JSON Schema of one of the YAML files in slas/, for editors and for checks of your own.

    Example: platformctl schema tenants > .vscode/tenants.schema.json
    """
    from platformctl.errors import UsageError
    from platformctl.sources import documents
    from platformctl_cli import show

    if name not in documents.schema_names():
        raise UsageError(
            f"there is no schema {name!r}", fix=f"use one of: {', '.join(documents.schema_names())}"
        )
    show.as_json(documents.schema(name))
